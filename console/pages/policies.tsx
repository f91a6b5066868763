import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { EVERYWHERE, policiesQuery, type Place } from '../api/policies.ts';
import { meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { PlacePicker } from '../parts/place-picker.tsx';
import { PolicyEditor } from '../parts/policy/editor.tsx';

/** How the bot behaves, and where that was decided. */
export default function Policies() {
  const { data: me } = useSuspenseQuery(meQuery);
  const [place, setPlace] = useState<Place>(EVERYWHERE);
  const query = useQuery(policiesQuery);
  return (
    <Page
      title="Policies"
      about="How the bot behaves in a place. What a place does not decide comes from the wider one."
    >
      <search className="filters panel spaced" aria-label="Place">
        <PlacePicker place={place} set={setPlace} />
      </search>
      <Loaded query={query}>
        {(policies) => (
          <PolicyEditor
            key={JSON.stringify(place)}
            policies={policies}
            place={place}
            maySteer={isAtLeast(me.role, 'admin')}
          />
        )}
      </Loaded>
    </Page>
  );
}
