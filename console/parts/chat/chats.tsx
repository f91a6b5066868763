import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { chatsQuery } from '../../api/chat.ts';
import { When } from '../time.tsx';
import { titleOf } from './head.tsx';

/** One's conversations, and how they are found. */
export function Chats() {
  const [text, setText] = useState('');
  const [wanted] = useDebouncedValue(text.trim(), 250);
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(chatsQuery(wanted));
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <nav className="panel chat-list" aria-label="Your conversations">
      <TextInput
        aria-label="Search your conversations"
        placeholder="Search"
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <ul className="plain">
        {items.map(({ id, title, activeAt, members }) => (
          <li key={id}>
            <Link to="/chat/$chat" params={{ chat: id }} className="chat-link">
              <span className="wrap">{titleOf({ title })}</span>
              <small className="quiet">
                <When at={activeAt} />
                {members > 1 && ` · ${members} people`}
              </small>
            </Link>
          </li>
        ))}
      </ul>
      {data !== undefined && items.length === 0 && (
        <p className="quiet">{wanted === '' ? 'Nothing yet' : 'Nothing found'}</p>
      )}
      {hasNextPage && (
        <Button variant="default" size="xs" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Load more
        </Button>
      )}
    </nav>
  );
}
