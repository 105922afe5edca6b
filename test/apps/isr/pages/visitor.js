import { AsyncLocalStorage } from "async_hooks";

const storage = new AsyncLocalStorage();

async function later(ms) {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return storage.getStore();
}

/** Shows the visitor's cookie as it was before and after waiting. */
export function getServerSideProps({ req, res, query }) {
  return storage.run(req.cookies.visitor, async () => {
    res.setHeader("Set-Cookie", `seen=${req.cookies.visitor}; Path=/`);
    const late = await later(Number(query.wait ?? 0));
    return { props: { early: req.cookies.visitor, late } };
  });
}

export default function Visitor({ early, late }) {
  return (
    <p>
      {early} {late}
    </p>
  );
}
