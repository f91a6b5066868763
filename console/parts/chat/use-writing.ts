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

/** What is being written. What could not be sent stays, and is the same message when it is sent again. */
export function useWriting(chat: string) {
  const [writing, setWriting] = useState(nothing);
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const uploaded = useRef<Uploaded>(new WeakMap());
  const isEmpty = writing.text.trim() === '' && writing.files.length === 0;
  return {
    ...writing,
    isEmpty,
    isSending,
    error,
    say: (text: string): void => setWriting({ ...writing, text }),
    add: (more: Iterable<File>): void => {
      const files = [...writing.files, ...more];
      setError(files.length > MOST_FILES ? tooMany(files.length) : null);
      setWriting({ ...writing, files: files.slice(0, MOST_FILES) });
    },
    leaveOut: (index: number): void => setWriting({ ...writing, files: writing.files.toSpliced(index, 1) }),
    async submit(): Promise<void> {
      if (isEmpty || isSending) return;
      setSending(true);
      setError(null);
      try {
        await send(chat, writing, uploaded.current);
        setWriting(nothing());
      } catch (thrown) {
        setError(thrown);
      } finally {
        setSending(false);
      }
    },
  };
}

export type Writer = ReturnType<typeof useWriting>;
