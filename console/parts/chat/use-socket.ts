import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { chatKey, chatQuery, type Chat } from '../../api/chat.ts';
import { apply, readPushed } from './apply.ts';

/** Milliseconds before it is tried again: first, and at most. */
const [AGAIN_MS, LATEST_MS] = [500, 10_000];
/** Milliseconds between two words that somebody types. */
const TYPING_EVERY_MS = 3_000;

/** Keeps what is known of a conversation as it is, as long as it is looked at. */
export function useSocket(id: string): { readonly isConnected: boolean; readonly typing: () => void } {
  const queries = useQueryClient();
  const socket = useRef<WebSocket>(undefined);
  const typedAt = useRef(0);
  const [isConnected, setConnected] = useState(false);
  useEffect(() => {
    let [again, isOver] = [AGAIN_MS, false];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const reread = (): Promise<Chat> => queries.fetchQuery({ ...chatQuery(id), staleTime: 0 });
    const connect = async (): Promise<void> => {
      const known = queries.getQueryData<Chat>(chatKey(id)) ?? (await reread());
      if (isOver) return;
      const opened = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/v1/chat/socket`);
      socket.current = opened;
      const watch = (seq: number): void => opened.send(JSON.stringify({ type: 'watch', conversation: id, seq }));
      opened.addEventListener('open', () => {
        again = AGAIN_MS;
        setConnected(true);
        watch(queries.getQueryData<Chat>(chatKey(id))?.seq ?? known.seq);
      });
      opened.addEventListener('message', ({ data }: MessageEvent<string>) => {
        const pushed = readPushed(data);
        const before = queries.getQueryData<Chat>(chatKey(id));
        if (pushed === undefined || pushed.conversation !== id || before === undefined) return;
        const next = pushed.type === 'changed' ? apply(before, pushed) : undefined;
        if (next !== undefined) {
          queries.setQueryData(chatKey(id), next);
          if (next.title !== before.title) void queries.invalidateQueries({ queryKey: ['chats'] });
        } else
          void reread()
            .then(({ seq }) => (pushed.type === 'gone' ? undefined : watch(seq)))
            .catch(() => opened.close());
      });
      opened.addEventListener('close', () => {
        setConnected(false);
        if (!isOver) later();
      });
    };
    const later = (): void => {
      timer = setTimeout(() => void connect().catch(later), again);
      again = Math.min(2 * again, LATEST_MS);
    };
    void connect().catch(later);
    return () => {
      isOver = true;
      clearTimeout(timer);
      socket.current?.close();
    };
  }, [id, queries]);
  const typing = useCallback(() => {
    if (Date.now() - typedAt.current < TYPING_EVERY_MS || socket.current?.readyState !== WebSocket.OPEN) return;
    typedAt.current = Date.now();
    socket.current.send(JSON.stringify({ type: 'typing', conversation: id }));
  }, [id]);
  return { isConnected, typing };
}
