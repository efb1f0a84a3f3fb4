/** Text without control characters, which could disturb a terminal. */
export function printableText(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '?');
}
