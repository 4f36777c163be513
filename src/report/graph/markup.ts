/** Text as it stands in HTML or XML, in an element or a quoted attribute, without a meaning of its own. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
