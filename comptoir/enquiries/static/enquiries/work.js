// The sum that a robot would have to do for every enquiry: a number that gives, with the page's token, a SHA-256
// beginning with so many zero bits. Done while the person reads; without it the server accepts fewer enquiries.
"use strict";

(() => {
  const field = document.querySelector("input[name=work][data-bits]");
  if (!field || field.value || !window.crypto || !window.crypto.subtle) return;
  const bits = Number(field.dataset.bits);
  const token = field.form.querySelector("input[name=token]").value;
  const encoder = new TextEncoder();

  const fits = (bytes) => {
    let left = bits;
    for (const byte of bytes) {
      if (left <= 0) return true;
      if (left < 8) return byte >> (8 - left) === 0;
      if (byte !== 0) return false;
      left -= 8;
    }
    return left <= 0;
  };

  // A few at a time, so that typing is never held up.
  const some = async (from) => {
    const numbers = Array.from({ length: 200 }, (_, step) => from + step);
    const digests = await Promise.all(
      numbers.map((number) => window.crypto.subtle.digest("SHA-256", encoder.encode(`${token}:${number}`))),
    );
    const found = digests.findIndex((digest) => fits(new Uint8Array(digest)));
    if (found >= 0) field.value = String(from + found);
    else window.setTimeout(() => some(from + numbers.length), 0);
  };

  some(0);
})();
