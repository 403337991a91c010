/** Somebody opened the bare address. */
export function NoToken() {
  return (
    <main className="notice">
      <h1>tgstore</h1>
      <p>
        Open the whole address that <code>tgstore serve</code> printed: the part behind the{' '}
        <code>#</code> is the key to your store.
      </p>
    </main>
  );
}
