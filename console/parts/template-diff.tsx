import { NativeSelect } from '@mantine/core';
import { useMemo, useState } from 'react';
import { nameOf, type Version } from '../api/templates.ts';
import { lineDiff, type DiffLine } from './line-diff.ts';

const SIGNS = { same: ' ', gone: '-', new: '+' } as const satisfies Record<DiffLine['is'], string>;

/** What has changed from one version to another. */
export function TemplateDiff(props: { readonly versions: readonly Version[]; readonly of: Version }) {
  const { versions, of } = props;
  const others = versions.filter((version) => version !== of);
  // The one before it of the same name, if there is one.
  const [chosen, setChosen] = useState(() =>
    nameOf(others.findLast(({ name, version }) => name === of.name && version < of.version) ?? others[0] ?? of),
  );
  const before = versions.find((version) => nameOf(version) === chosen);
  const lines = useMemo(() => lineDiff(before?.source ?? '', of.source), [before, of]);
  return (
    <div className="stack">
      <NativeSelect
        label="Compared with"
        data={others.map(nameOf)}
        value={chosen}
        onChange={({ currentTarget }) => setChosen(currentTarget.value)}
      />
      <pre className="json" tabIndex={0} role="region" aria-label={`From ${chosen} to ${nameOf(of)}`}>
        {lines.map(({ is, text }, at) => (
          // Lines have no other name than their number.
          <span key={`${at} ${text}`} className="line" data-is={is}>
            {`${SIGNS[is]} ${text}\n`}
          </span>
        ))}
      </pre>
    </div>
  );
}
