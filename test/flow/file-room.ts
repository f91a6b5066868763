import type { PromptMessage } from '../../src/llm/provider.ts';
import type { Fetched } from '../../src/model/adapter.ts';
import type { Event } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Attachment } from '../../src/model/message.ts';
import { openTestHub, type Script, type TestHub, type TestHubOptions } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage, type PaperPlatform } from '../kit/paper-platform.ts';

/** Files at the platform, by handle; a Failure is what fetching one comes to. */
type Shelf = Record<string, Uint8Array | Failure>;

/** A hub over a platform that has files. */
export type Room = {
  readonly hub: TestHub;
  readonly paper: PaperPlatform;
  /** What the model was asked, one after the other. */
  readonly asked: (readonly PromptMessage[])[];
  readonly fetched: string[];
  readonly shelf: Shelf;
  readonly say: (text: string, attachments?: readonly Partial<Attachment>[], id?: string) => Promise<Event>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export const SEEING: TestHubOptions = { senses: { sees: true } };

export async function openRoom(shelf: Shelf, options: TestHubOptions = SEEING, script?: Script): Promise<Room> {
  const fetched: string[] = [];
  const asked: (readonly PromptMessage[])[] = [];
  const fetchAttachment = async (_access: unknown, handle: string, most: number): Promise<Fetched> => {
    fetched.push(handle);
    const file = shelf[handle] ?? new Failure('gone', 'the address has run out');
    if (file instanceof Failure) throw file;
    return { bytes: file.subarray(0, most), mediaType: undefined, truncated: file.length > most };
  };
  const paper = openPaperPlatform({}, { fetchAttachment });
  const answer: Script = (request, signal) => {
    asked.push(request.messages);
    return script?.(request, signal) ?? `answer ${asked.length}`;
  };
  const hub = await openTestHub(paper, answer, options);
  return {
    hub,
    paper,
    asked,
    fetched,
    shelf,
    async say(text, attachments = [], id) {
      const event = paperMessage(text, id === undefined ? {} : { id });
      const files = attachments.map((given, index): Attachment => ({
        handle: `h${index}`,
        name: 'file',
        mediaType: undefined,
        size: undefined,
        ...given,
      }));
      const said = { ...event, message: { ...event.message, attachments: files } };
      await hub.accept(paperDelivery(said));
      return said;
    },
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  };
}

/** The question that was asked last. */
export function lastOf(room: Room): Extract<PromptMessage, { role: 'user' }> | undefined {
  const last = room.asked.at(-1)?.at(-1);
  return last?.role === 'user' ? last : undefined;
}
