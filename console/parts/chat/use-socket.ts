import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { follow, type Contact, type Following } from './follow.ts';

/** Milliseconds between two words that somebody types. */
const TYPING_EVERY_MS = 3_000;

/** Keeps what is known of a conversation as it is, as long as it is looked at. */
export function useSocket(id: string): { readonly contact: Contact; readonly typing: () => void } {
  const queries = useQueryClient();
  const following = useRef<Following>(undefined);
  const typedAt = useRef(0);
  const [contact, setContact] = useState<Contact>('away');
  useEffect(() => {
    const opened = follow(queries, id, setContact);
    following.current = opened;
    return opened.end;
  }, [id, queries]);
  const typing = useCallback(() => {
    if (Date.now() - typedAt.current < TYPING_EVERY_MS) return;
    typedAt.current = Date.now();
    following.current?.say('typing');
  }, []);
  return { contact, typing };
}
