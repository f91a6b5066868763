import { useRef, useState } from 'react';
import { send, type Uploaded, type Writing } from '../../api/chat.ts';
import { Problem } from '../../api/problem.ts';

/** As the API takes them. */
const MOST_FILES = 10;

const tooMany = (count: number): Problem =>
  new Problem({
    status: 413,
    title: 'Too many files',
    detail: `A message takes ${MOST_FILES} files: of these ${count} the last ones are left out. Send them with another message.`,
  });

const nothing = (): Writing => ({ nonce: crypto.randomUUID(), text: '', files: [] });
const isBlank = ({ text, files }: Writing): boolean => text.trim() === '' && files.length === 0;

/**
 * What is being written. The box is free for the next words as soon as a message is on its way. One that could not be sent comes
 * back into the box, or is kept beside what was written meanwhile; it is the same message when it is sent again.
 */
export function useWriting(chat: string) {
  const [writing, setWriting] = useState(nothing);
  const [unsent, setUnsent] = useState<Writing>();
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const uploaded = useRef<Uploaded>(new WeakMap());
  const now = useRef(writing);
  const write = (next: Writing): void => {
    now.current = next;
    setWriting(next);
  };
  const deliver = async (sent: Writing): Promise<void> => {
    setSending(true);
    setError(null);
    try {
      await send(chat, sent, uploaded.current);
    } catch (thrown) {
      setError(thrown);
      if (isBlank(now.current)) write(sent);
      else setUnsent(sent);
    } finally {
      setSending(false);
    }
  };
  const isEmpty = isBlank(writing);
  return {
    ...writing,
    isEmpty,
    isSending,
    error,
    unsent,
    say: (text: string): void => write({ ...now.current, text }),
    add: (more: Iterable<File>): void => {
      const files = [...writing.files, ...more];
      setError(files.length > MOST_FILES ? tooMany(files.length) : null);
      write({ ...writing, files: files.slice(0, MOST_FILES) });
    },
    leaveOut: (index: number): void => write({ ...writing, files: writing.files.toSpliced(index, 1) }),
    async submit(): Promise<void> {
      if (isEmpty || isSending || unsent !== undefined) return;
      write(nothing());
      await deliver(writing);
    },
    async submitUnsent(): Promise<void> {
      if (unsent === undefined || isSending) return;
      setUnsent(undefined);
      await deliver(unsent);
    },
    leaveUnsent: (): void => {
      setUnsent(undefined);
      setError(null);
    },
  };
}

export type Writer = ReturnType<typeof useWriting>;
