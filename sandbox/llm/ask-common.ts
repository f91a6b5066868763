import { z } from 'zod';
import type { Said, Tool } from './said.ts';

/** What the three protocols' readers read. */
export type Asked = {
  readonly model: string;
  readonly stream: boolean;
  readonly messages: readonly Said[];
  /** Parts, in order. */
  readonly system: readonly string[];
  readonly tools: readonly Tool[];
  readonly maxOutputTokens: number | undefined;
  readonly usageWanted: boolean;
};

export const Limit = z.number().int().positive();
export const Common = z.object({ model: z.string().min(1), stream: z.boolean().default(false) });
export const ToolName = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/);

/** Servers that fill templates read what a model wrote; it has to be an object. */
export const Arguments = z.string().refine((text) => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}, 'the arguments of a call must be a JSON object');
