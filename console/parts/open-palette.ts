const OPEN = 'switchboard:palette';

/** Asks for the palette, which is loaded after the page. */
export const openPalette = (): void => void window.dispatchEvent(new Event(OPEN));

/** Calls back when the palette is asked for, until the returned function is called. */
export function onPaletteAsked(open: () => void): () => void {
  window.addEventListener(OPEN, open);
  return () => window.removeEventListener(OPEN, open);
}
