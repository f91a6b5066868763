import type { PromptImage, PromptMessage } from './provider.ts';

/** What a model is told in place of an image that it is not shown. */
export const UNSEEN = '(an image that this model cannot see)';

export function base64Of({ bytes }: PromptImage): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** As both of OpenAI's protocols take an image that has no address. */
export function dataUrlOf(image: PromptImage): string {
  return `data:${image.mediaType};base64,${base64Of(image)}`;
}

export function imagesOf(message: PromptMessage): readonly PromptImage[] {
  return message.role === 'user' ? (message.images ?? []) : [];
}

export function isSighted(messages: readonly PromptMessage[]): boolean {
  return messages.some((message) => imagesOf(message).length > 0);
}

/** The same conversation for a model that does not see. Pure. */
export function withoutImages(messages: readonly PromptMessage[]): readonly PromptMessage[] {
  return messages.map((message) => {
    if (message.role !== 'user' || message.images === undefined) return message;
    const { images, ...rest } = message;
    return { ...rest, text: [message.text, ...images.map(() => UNSEEN)].join('\n\n') };
  });
}
