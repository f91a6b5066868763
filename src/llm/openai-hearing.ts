import type OpenAI from 'openai';
import { z } from 'zod';
import { failed, failedBy } from './errors.ts';
import type { Deadlines, Hear, Transcript } from './provider.ts';

export type HearingSettings = {
  readonly client: OpenAI;
  /** Kept out of every message. */
  readonly secret: string | undefined;
  readonly deadlines: Deadlines;
  readonly model: string;
};

const Words = z.object({ text: z.string() });

/** OpenAI's audio transcriptions, which other servers (vLLM, Groq, LocalAI) speak as well. */
export function openAiHearing({ client, secret, deadlines, model }: HearingSettings): Hear {
  return async (recording, signal) => {
    const late = AbortSignal.timeout(deadlines.firstTokenMs);
    const both = AbortSignal.any([signal, late]);
    const file = new File([Buffer.from(recording.bytes)], recording.name, { type: recording.mediaType });
    try {
      const answer: unknown = await client.audio.transcriptions.create(
        { file, model, response_format: 'json' },
        { signal: both },
      );
      return heard(answer);
    } catch (thrown) {
      if (signal.aborted) return failed('aborted', 'ended while a recording was heard');
      if (late.aborted) return failed('stall', `a recording was not heard within ${deadlines.firstTokenMs} ms`);
      return failedBy(thrown, secret);
    }
  };
}

/** A proxy's page comes as a string. */
function heard(answer: unknown): Transcript {
  const words = Words.safeParse(answer).data;
  return words === undefined
    ? failed('garbage', 'the server sent no transcript')
    : { kind: 'text', text: words.text.trim() };
}
