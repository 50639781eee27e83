"""The roster's forms: what people type, in their wall times, as the values that actions take."""
