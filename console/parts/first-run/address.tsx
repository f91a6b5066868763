import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { reachQuery } from '../../api/first-run.ts';
import { Said } from '../said.tsx';
import { Status, type Tone } from '../status.tsx';

const TONES: Readonly<Record<string, readonly [tone: Tone, word: string]>> = {
  ok: ['ok', 'Reached'],
  local: ['warn', 'Only from here'],
  failed: ['bad', 'Not reached'],
};

/** Whether platforms can reach this hub: looked at without being asked, since most of what fails later fails for this. */
export function PublicAddress() {
  const reach = useQuery(reachQuery);
  const found = reach.data;
  const [tone, word] = TONES[found?.state ?? ''] ?? ['idle', 'Looking…'];
  return (
    <div className="note" role="group" aria-label="The public address">
      <div className="facts">
        <Status tone={tone}>{word}</Status>
        {found !== undefined && <span className="mono wrap">{found.url}</span>}
        {found !== undefined && found.state !== 'ok' && (
          <Button
            className="end"
            variant="default"
            size="xs"
            loading={reach.isFetching}
            onClick={() => void reach.refetch()}
          >
            Look again
          </Button>
        )}
      </div>
      {found !== undefined && found.state !== 'ok' && (
        <p className="flat">
          {found.says} <span className="quiet">{found.fix}</span>
        </p>
      )}
      <Said error={reach.error} />
    </div>
  );
}
