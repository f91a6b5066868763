import { IconFile } from '@tabler/icons-react';
import { memo } from 'react';
import { fileAt, type Chat, type Post, type PostFile } from '../../api/chat.ts';
import { When } from '../time.tsx';
import { Words } from '../words.tsx';
import { CardView } from './card.tsx';
import { Foot } from './foot.tsx';
import { Reactions } from './reactions.tsx';

const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

type Props = {
  readonly post: Post;
  readonly chat: string;
  readonly you: string;
  /** Of whoever looks. */
  readonly opinion: Chat['opinions'][string] | undefined;
  /** Has it answered anew; undefined: it is not the last answer, or is being written. */
  readonly again: (() => void) | undefined;
};

/** What somebody said, or what the bot answers. While one of them grows the others stay as they are. */
export const PostView = memo(function PostView({ post, chat, you, opinion, again }: Props) {
  const { kind, author, authorName, sentAt, text, card, files, removed, heard } = post;
  const isOwn = author === you;
  return (
    <article className="chat-post" data-kind={kind} data-own={isOwn} aria-label={`${authorName} said`}>
      <header>
        <strong>{isOwn ? 'You' : authorName}</strong>
        <When at={sentAt} />
        {kind === 'past' && <span className="quiet">said before</span>}
        {post.private && <span className="quiet">only you see this</span>}
        {!heard && <span className="quiet">on its way…</span>}
      </header>
      {removed ? <p className="quiet flat">Taken back</p> : <Words text={text} revealed length={null} />}
      {card !== null && <CardView card={card} chat={chat} post={post.id} />}
      {files.length > 0 && (
        <ul className="plain chat-files">
          {files.map((file) => (
            <li key={file.id}>
              <FileView file={file} chat={chat} />
            </li>
          ))}
        </ul>
      )}
      {!removed && !post.private && (
        <>
          <Reactions post={post} chat={chat} you={you} />
          <Foot post={post} chat={chat} you={you} opinion={opinion} again={again} />
        </>
      )}
    </article>
  );
});

function FileView({ file, chat }: { readonly file: PostFile; readonly chat: string }) {
  const at = fileAt(chat, file);
  return (
    <a href={at} download={file.name} className="chat-file">
      {PICTURES.has(file.mediaType) ? <img src={at} alt={file.name} loading="lazy" /> : <IconFile size={18} />}
      <span>
        {file.name} <span className="quiet">{Math.ceil(file.size / 1024)} KB</span>
      </span>
    </a>
  );
}
