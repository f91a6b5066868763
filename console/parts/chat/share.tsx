import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { shareChat, type Chat } from '../../api/chat.ts';
import { membersQuery } from '../../api/people.ts';
import { Dialog } from '../dialog.tsx';
import { Loaded } from '../loaded.tsx';
import { useAct } from '../use-act.ts';

/** Lets colleagues into a conversation. */
export function Share({ chat }: { readonly chat: Chat }) {
  return (
    <Dialog button="Share…" title="Share this conversation">
      {() => <Colleagues chat={chat} />}
    </Dialog>
  );
}

function Colleagues({ chat }: { readonly chat: Chat }) {
  const query = useQuery(membersQuery);
  const share = useAct((member: string) => shareChat(chat.id, member), { changes: ['chats'], says: 'Shared' });
  const isIn = (id: string): boolean => chat.members.some(({ actor }) => actor === `person/${id}`);
  return (
    <>
      <p className="quiet flat">Whom you let in sees all that was said here, and can write.</p>
      <Loaded query={query}>
        {({ items }) => (
          <ul className="plain chat-people">
            {items.map(({ id, name, email }) => (
              <li key={id}>
                <span className="wrap">
                  {name} <span className="quiet">{email}</span>
                </span>
                {isIn(id) ? (
                  <span className="quiet">In it</span>
                ) : (
                  <Button
                    size="xs"
                    variant="default"
                    loading={share.isPending}
                    aria-label={`Share with ${name}`}
                    onClick={() => share.mutate(id)}
                  >
                    Share
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </>
  );
}
