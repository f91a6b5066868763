import { ActionIcon } from '@mantine/core';
import { IconMoodPlus } from '@tabler/icons-react';
import { createContext, useContext, useRef, useState } from 'react';
import { react, type Post } from '../../api/chat.ts';
import { useAct } from '../use-act.ts';

/** What is offered: nothing that is an opinion of the answer or a wish, which have buttons of their own. */
const OFFERED = [
  ['❤️', 'love'],
  ['😄', 'laugh'],
  ['🎉', 'celebrate'],
  ['👀', 'look at it'],
  ['✅', 'done'],
  ['🙏', 'thanks'],
] as const;

/** What those in a conversation are called, by their names in posts. */
export const Names = createContext<ReadonlyMap<string, string>>(new Map());

type Props = { readonly post: Post; readonly chat: string; readonly you: string };

/** Reactions that there are: each is set and taken away by a click. */
export function Reactions({ post, chat, you }: Props) {
  const names = useContext(Names);
  const act = useReact(chat, post);
  const those = Map.groupBy(post.reactions, ({ emoji }) => emoji);
  if (those.size === 0) return null;
  return (
    <ul className="plain chat-reactions" aria-label="Reactions">
      {[...those].map(([emoji, all]) => {
        const isMine = all.some(({ by }) => by === you);
        const who = all.map(({ by }) =>
          by === you ? 'you' : (names.get(by) ?? (by === 'bot' ? 'the bot' : 'somebody')),
        );
        return (
          <li key={emoji}>
            <button
              type="button"
              aria-pressed={isMine}
              aria-label={`${emoji} by ${who.join(', ')}`}
              title={who.join(', ')}
              onClick={() => act.mutate({ emoji, added: !isMine })}
            >
              {emoji} {all.length}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** Opens what can be chosen, in the line where it stands. */
export function React({ post, chat, you }: Props) {
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const act = useReact(chat, post);
  const choose = (emoji: string): void => {
    const isMine = post.reactions.some((one) => one.emoji === emoji && one.by === you);
    act.mutate({ emoji, added: !isMine });
    setOpen(false);
    // What was clicked is there no more.
    opener.current?.focus();
  };
  return (
    <>
      <ActionIcon
        ref={opener}
        variant="subtle"
        color="gray"
        size="sm"
        aria-label="React"
        title="React"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <IconMoodPlus size={15} />
      </ActionIcon>
      {isOpen &&
        OFFERED.map(([emoji, title]) => (
          <button
            key={emoji}
            type="button"
            className="chat-emoji"
            aria-label={`React: ${title}`}
            title={title}
            onClick={() => choose(emoji)}
          >
            {emoji}
          </button>
        ))}
    </>
  );
}

const useReact = (chat: string, post: Post) =>
  useAct((reaction: Parameters<typeof react>[2]) => react(chat, post.id, reaction), { changes: [] });
