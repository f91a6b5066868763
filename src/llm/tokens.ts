import { isSighted, imagesOf } from './images.ts';
import type { ModelRequest, PromptMessage } from './provider.ts';

/**
 * Bytes of a token at least, as a rule: English has about four, Chinese three, code a little over three. Counting exactly
 * would mean a vocabulary of some megabytes for each vendor, and Anthropic’s is not published.
 */
const BYTES_PER_TOKEN = 3;
/** What the roles and borders around a message take. */
const AROUND = 8;
/** Of one image at most, at its usual size (Anthropic’s page on vision: 1,568 pixels at the longer edge). */
const IMAGE_TOKENS = 1600;

/** About how many tokens a request's input has: rather too many than too few. Pure. */
export function estimateTokens({
  system,
  messages,
  tools = [],
}: Pick<ModelRequest, 'system' | 'messages' | 'tools'>): number {
  const bytes = messages.reduce((sum, message) => sum + bytesOf(message), byteLength(system));
  const told = tools.length === 0 ? 0 : byteLength(JSON.stringify(tools));
  const images = isSighted(messages) ? messages.reduce((sum, message) => sum + imagesOf(message).length, 0) : 0;
  return Math.ceil((bytes + told) / BYTES_PER_TOKEN) + AROUND * (messages.length + 1) + images * IMAGE_TOKENS;
}

function bytesOf(message: PromptMessage): number {
  const { calls = [], carried } = message.role === 'assistant' ? message : {};
  const called = calls.reduce((sum, { name, arguments: json }) => sum + byteLength(name) + byteLength(json), 0);
  return byteLength(message.text) + called + (carried === undefined ? 0 : byteLength(JSON.stringify(carried.items)));
}

const byteLength = (text: string): number => Buffer.byteLength(text);
