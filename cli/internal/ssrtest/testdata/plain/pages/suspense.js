import { Suspense, use, useId } from "react";

const cache = new Map();
function read(key) {
  if (!cache.has(key)) cache.set(key, new Promise((resolve) => setTimeout(() => resolve("data " + key), 2)));
  return use(cache.get(key));
}
function Slow({ id }) {
  return <b id={useId()}>{read(id)}</b>;
}
function Bad() {
  if (typeof window === "undefined") throw new Error("inside a boundary");
  return null;
}

export default function Page({ id }) {
  return (
    <div>
      <Suspense fallback={<i>wait</i>}><Slow id={id} /></Suspense>
      <Suspense fallback="no"><Bad /></Suspense>
      <Suspense fallback="no">at once</Suspense>
    </div>
  );
}
export const getServerSideProps = () => ({ props: { id: "one" } });
