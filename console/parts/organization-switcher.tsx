import { NativeSelect } from '@mantine/core';
import { useMutation, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { api, done, read } from '../api/client.ts';
import { enter } from '../api/places.ts';
import { meQuery } from '../api/queries.ts';
import { toastProblem } from './toast.ts';

/** Where one is, and where one goes on, for whoever is in several. */
export function OrganizationSwitcher() {
  const { data: me } = useSuspenseQuery(meQuery);
  const { data } = useQuery({
    queryKey: ['organizations'],
    queryFn: () => read(api.organizations.$get()),
    staleTime: 300_000,
    retry: false,
  });
  const go = useMutation({
    mutationFn: (id: string) => done(api.organizations[':id'].switch.$post({ param: { id } })),
    onSuccess: () => enter('/'),
    onError: toastProblem,
  });
  const items = data?.items ?? [];
  if (items.length < 2) return me.organizationName === '' ? null : <p className="here">{me.organizationName}</p>;
  return (
    <NativeSelect
      mt="sm"
      size="xs"
      aria-label="Organization"
      value={items.find(({ current }) => current)?.id ?? ''}
      data={items.map(({ id, name }) => ({ value: id, label: name }))}
      onChange={({ currentTarget }) => go.mutate(currentTarget.value)}
    />
  );
}
