import { z } from 'zod';
import type { Picture, Protocol } from './said.ts';

/** What one message holds. */
export type Content = { readonly text: string; readonly images: readonly Picture[] };

const STARTS: Readonly<Record<string, (bytes: Buffer) => boolean>> = {
  'image/png': (bytes) => bytes.subarray(0, 4).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47])),
  'image/jpeg': (bytes) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])),
  'image/gif': (bytes) => bytes.toString('latin1', 0, 3) === 'GIF',
  'image/webp': (bytes) => bytes.toString('latin1', 8, 12) === 'WEBP',
};

/** Anthropic's limit of an image, in characters of base64. */
const LARGEST_BASE64 = 5 * 2 ** 20;

/** Servers look at what an image is, not at what it is said to be. */
const Image = z
  .object({
    mediaType: z.enum(['image/png', 'image/jpeg', 'image/gif', 'image/webp']),
    data: z.base64().max(LARGEST_BASE64),
  })
  .transform(({ mediaType, data }): Picture => ({ mediaType, bytes: Buffer.from(data, 'base64') }))
  .refine(
    ({ mediaType, bytes }) => STARTS[mediaType]?.(bytes) === true,
    'the image is not of the type that it is said to be',
  );

const DATA_URL = /^data:(?<mediaType>[\w/]+);base64,(?<data>.*)$/s;
const DataUrl = z
  .string()
  .transform((url) => DATA_URL.exec(url)?.groups)
  .pipe(Image);

export type Part = { readonly text?: string; readonly image?: Picture };

const textPart = (type: string) =>
  z.object({ type: z.literal(type), text: z.string() }).transform(({ text }): Part => ({ text }));

/** One part of a message in each protocol; another protocol's part is refused, as there. */
export const PARTS: Readonly<Record<Protocol, z.ZodType<Part>>> = {
  'openai-chat': z.union([
    textPart('text'),
    z
      .object({ type: z.literal('image_url'), image_url: z.object({ url: DataUrl }) })
      .transform((part): Part => ({ image: part.image_url.url })),
  ]),
  'openai-responses': z.union([
    textPart('input_text'),
    textPart('output_text'),
    z
      .object({
        type: z.literal('input_image'),
        image_url: DataUrl,
        detail: z.enum(['auto', 'low', 'high', 'original']),
      })
      .transform((part): Part => ({ image: part.image_url })),
  ]),
  anthropic: z.union([
    textPart('text'),
    z
      .object({
        type: z.literal('image'),
        source: z
          .object({ type: z.literal('base64'), media_type: z.string(), data: z.string() })
          .transform(({ media_type: mediaType, data }) => ({ mediaType, data }))
          .pipe(Image),
      })
      .transform((part): Part => ({ image: part.source })),
  ]),
};

/** A message's content as its protocol has it. */
export function contentIn(protocol: Protocol) {
  const plain = z.string().transform((text): Content => ({ text, images: [] }));
  const parts = z.array(PARTS[protocol]).transform((all): Content => ({
    text: all.map(({ text = '' }) => text).join(''),
    images: all.flatMap(({ image }) => image ?? []),
  }));
  return z.union([plain, parts]);
}
