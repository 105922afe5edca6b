import fs from "node:fs/promises";
import type { GetStaticProps } from "next";
import { useState, type ReactNode } from "react";
import { MDXRemote, type MDXRemoteSerializeResult } from "next-mdx-remote";
import { serialize } from "next-mdx-remote/serialize";

function Note({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return <aside id="note" data-open={open} onClick={() => setOpen(true)}>{children}</aside>;
}

export default function Page({ source }: { source: MDXRemoteSerializeResult }) {
  return <div id="mdx"><MDXRemote {...source} scope={{ name: "readers" }} components={{ Note }} /></div>;
}

export const getStaticProps: GetStaticProps = async () => ({
  props: { source: await serialize(await fs.readFile("content/guide.mdx", "utf8"), { blockJS: false } as any) },
});
