import { lazy, Suspense } from 'react';
import { Copy } from './copy.tsx';

/** Loaded with the first code that names its language. */
const Highlighted = lazy(() => import('./highlighted.tsx'));

/** What is in a text and not seen in it: it turns the order of what is shown, or has no width. Escapes name what they are. */
const UNSEEN = /\p{Bidi_Control}|[\u200B\u2060\uFEFF]/gu;
const nameOf = (sign: string): string => `⟨U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`;

const LINE = { '+': 'added', '-': 'taken', '@': 'place' } as const;

/**
 * Code as somebody wrote it, with a button that copies it; a diff with its lines in colour, beside their signs. What would not
 * be seen is written out, so that nobody reads other code than what runs.
 */
export function Code(props: { readonly text: string; readonly lang: string | undefined }) {
  const { lang } = props;
  const text = props.text.replaceAll(UNSEEN, nameOf);
  const isDiff = lang === 'diff' || lang === 'patch';
  return (
    <div className="code">
      <div className="code-head">
        <span>{lang ?? 'text'}</span>
        <Copy text={props.text} what="this code" />
      </div>
      <pre tabIndex={0} role="region" aria-label={`Code: ${lang ?? 'text'}`}>
        {isDiff && text.split('\n').map((line, index) => <DiffLine key={index} line={line} />)}
        {!isDiff && (lang === undefined ? text : <Coloured text={text} lang={lang} />)}
      </pre>
    </div>
  );
}

const Coloured = (props: { readonly text: string; readonly lang: string }) => (
  <Suspense fallback={props.text}>
    <Highlighted {...props} />
  </Suspense>
);

function DiffLine({ line }: { readonly line: string }) {
  const sign = line.charAt(0);
  const kind = sign === '+' || sign === '-' || sign === '@' ? LINE[sign] : undefined;
  return <span className={kind === undefined ? 'line' : `line ${kind}`}>{`${line}\n`}</span>;
}
