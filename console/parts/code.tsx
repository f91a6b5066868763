import { Copy } from './copy.tsx';

const LINE = { '+': 'added', '-': 'taken', '@': 'place' } as const;

/** Code as somebody wrote it, with a button that copies it; a diff with its lines in colour. */
export function Code(props: { readonly text: string; readonly lang: string | undefined }) {
  const { text, lang } = props;
  const isDiff = lang === 'diff' || lang === 'patch';
  return (
    <div className="code">
      <div className="code-head">
        <span>{lang ?? 'text'}</span>
        <Copy text={text} what="this code" />
      </div>
      <pre tabIndex={0} role="region" aria-label={`Code: ${lang ?? 'text'}`}>
        {isDiff ? text.split('\n').map((line, index) => <DiffLine key={index} line={line} />) : text}
      </pre>
    </div>
  );
}

function DiffLine({ line }: { readonly line: string }) {
  const sign = line.charAt(0);
  const kind = sign === '+' || sign === '-' || sign === '@' ? LINE[sign] : undefined;
  return <span className={kind === undefined ? 'line' : `line ${kind}`}>{`${line}\n`}</span>;
}
