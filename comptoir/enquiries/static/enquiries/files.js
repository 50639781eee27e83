// Files are looked at before they travel: how many, how large, and what they are by their first bytes, as
// comptoir/domain/documents.py does. What is said stands at the field and is read out. The server decides in any
// case, and without scripts it alone does.
"use strict";

(() => {
  const rules = JSON.parse(document.getElementById("file-rules").textContent);
  const field = document.querySelector("gcds-file-uploader[name=attached]");
  const form = field && field.closest("form");
  if (!form) return;

  const LONGEST_NAME = 60;
  const KINDS = [
    [0x25, 0x50, 0x44, 0x46, 0x2d], // %PDF-
    [0xff, 0xd8, 0xff], // JPEG
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], // PNG
    [0x50, 0x4b, 0x03, 0x04], // a word-processor file is an archive; which one, the server looks
  ];

  let found = ""; // what is wrong with the files that are chosen
  let judging = null; // as long as they are looked at
  let round = 0;

  const input = () => field.shadowRoot && field.shadowRoot.querySelector("input[type=file]");

  async function fault(file) {
    if (file.size === 0) return rules.sentences.empty;
    if (file.size > rules.mostBytes) return rules.sentences.tooLarge;
    const first = new Uint8Array(await file.slice(0, 8).arrayBuffer());
    const known = KINDS.some((kind) => kind.every((byte, place) => first[place] === byte));
    return known ? "" : rules.sentences.unknownType;
  }

  async function judge(files) {
    if (files.length > rules.most) return rules.sentences.tooMany;
    const told = await Promise.all(files.map(async (file) => {
      // One that cannot be read here, such as a folder, is the server's to judge.
      const why = await fault(file).catch(() => "");
      return why && `${file.name.slice(0, LONGEST_NAME)}: ${why}`;
    }));
    return told.filter(Boolean).join(" ");
  }

  function say(text) {
    field.errorMessage = text;
    if (text) document.dispatchEvent(new CustomEvent("announce", { detail: { value: text } }));
  }

  function look() {
    const mine = ++round;
    found = "";
    judging = judge([...input().files]).then((text) => {
      if (mine !== round) return; // other files were chosen meanwhile
      found = text;
      say(text);
      judging = null;
    });
  }

  field.addEventListener("gcdsChange", look);
  if (input() && input().files.length) look(); // chosen before this script came

  function leaveBehind() {
    input().value = "";
    input().dispatchEvent(new Event("change"));
  }

  // The button that was pressed is gone by then: another one sends in its place.
  function sendAs(name, value) {
    const button = Object.assign(document.createElement("button"), { type: "submit", name, value, hidden: true });
    form.append(button);
    form.requestSubmit(button);
    button.remove();
  }

  form.addEventListener("submit", (event) => {
    const { name = "", value = "" } = event.submitter || {};
    if (name === "change") {
      leaveBehind(); // nothing is sent yet, so no file travels
    } else if (judging) {
      event.preventDefault();
      judging.then(() => sendAs(name, value));
    } else if (found) {
      event.preventDefault();
      say(found);
      input().focus();
    }
  });
})();
