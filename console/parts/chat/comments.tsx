import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { addComment, commentsQuery, type Post } from '../../api/chat.ts';
import { Loaded } from '../loaded.tsx';
import { When } from '../time.tsx';
import { useAct } from '../use-act.ts';

/** What people say to each other about an answer. */
export function Comments({ chat, post }: { readonly chat: string; readonly post: Post }) {
  const [text, setText] = useState('');
  const query = useQuery(commentsQuery(chat, post.id, post.comments));
  const add = useAct((said: string) => addComment(chat, post.id, said), {
    changes: ['chat-comments'],
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() === '') return;
    // What is typed while it is sent is of the next one.
    setText('');
    add.mutate(text, { onError: () => setText((typed) => text + typed) });
  };
  return (
    <section className="chat-comments" aria-label="Comments">
      <Loaded query={query}>
        {({ items }) => (
          <ul className="plain">
            {items.map((comment) => (
              <li key={comment.id}>
                <strong>
                  <bdi>{comment.authorName}</bdi>
                </strong>{' '}
                <When at={comment.createdAt} />
                <p className="flat wrap">{comment.text}</p>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <form onSubmit={submit} className="chat-comment">
        <TextInput
          aria-label="Your comment"
          placeholder="For people only: the bot is not told"
          value={text}
          maxLength={4_000}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={add.isPending}>
          Add
        </Button>
      </form>
    </section>
  );
}
