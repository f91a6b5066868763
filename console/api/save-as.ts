/** Gives a text to the browser as a file. */
export function saveAs(name: string, type: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  // Chromium and Firefox begin to read at once; a minute is plenty for those that do not.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
