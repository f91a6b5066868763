import type { PromptImage } from '../../llm/provider.ts';

/** Pixels. */
export type Extent = { readonly width: number; readonly height: number };

/**
 * How large an image is, as its head says.
 * @returns undefined for one that is broken.
 */
export function pixelsOf(bytes: Uint8Array, mediaType: PromptImage['mediaType']): Extent | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const { width, height } = READERS[mediaType](view);
    return width > 0 && height > 0 ? { width, height } : undefined;
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

/** Each reads out of bounds, and so throws a RangeError, where the file ends before its head does. */
const READERS: Readonly<Record<PromptImage['mediaType'], (view: DataView) => Extent>> = {
  'image/png': (view) => ({ width: view.getUint32(16), height: view.getUint32(20) }),
  'image/gif': (view) => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }),
  'image/jpeg': jpegPixels,
  'image/webp': webpPixels,
};

/** Start of frame, in all its kinds; C4, C8 and CC are other segments. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function jpegPixels(view: DataView): Extent {
  for (let at = 2; ;) {
    if (view.getUint8(at) !== 0xff) return { width: 0, height: 0 };
    const marker = view.getUint8(at + 1);
    if (isFrame(marker)) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    // A marker may be filled up with any number of these.
    at += marker === 0xff ? 1 : 2 + Math.max(2, view.getUint16(at + 2));
  }
}

function webpPixels(view: DataView): Extent {
  const form = view.getUint32(12);
  if (form === 0x56503858) return { width: 1 + uint24(view, 24), height: 1 + uint24(view, 27) };
  if (form === 0x5650384c) {
    const bits = view.getUint32(21, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

const uint24 = (view: DataView, at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
