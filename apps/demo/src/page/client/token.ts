const KEY = 'tgstore-token';

/**
 * The token of the address that `tgstore serve` printed. It stands in the fragment, which browsers send to nobody; it is taken out of
 * the address, and kept for this tab alone.
 */
export function takeToken(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token) {
    sessionStorage.setItem(KEY, token);
    history.replaceState(null, '', location.pathname + location.search);
  }
  return sessionStorage.getItem(KEY) ?? undefined;
}
