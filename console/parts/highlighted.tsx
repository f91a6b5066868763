import { common, createLowlight } from 'lowlight';
import { useMemo, type ReactNode } from 'react';

const GRAMMARS = createLowlight(common);

/** Characters: a longer one stays in one colour, because it is read anew with each piece that comes. */
const MOST = 30_000;

type Part = ReturnType<typeof GRAMMARS.highlight>['children'][number];

/** Code in the colours of its language, as elements of React; of no language that is known it is the text that it is. */
export default function Highlighted({ text, lang }: { readonly text: string; readonly lang: string }) {
  return useMemo(() => {
    if (text.length > MOST || !GRAMMARS.registered(lang)) return text;
    return GRAMMARS.highlight(lang, text).children.map(view);
  }, [text, lang]);
}

function view(part: Part, key: number): ReactNode {
  if (part.type === 'text') return part.value;
  if (part.type !== 'element') return null;
  const { className } = part.properties;
  return (
    <span key={key} className={Array.isArray(className) ? className.join(' ') : undefined}>
      {part.children.map(view)}
    </span>
  );
}
