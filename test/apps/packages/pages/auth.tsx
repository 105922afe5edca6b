import type { GetServerSideProps } from "next";
import { getServerSession } from "next-auth";
import { signIn, signOut, useSession } from "next-auth/react";
import { authOptions } from "@/lib/auth";

export default function Page({ user }: { user: string | null }) {
  const { data, status } = useSession();
  return (
    <>
      <p id="server">{user ?? "nobody"}</p>
      <p id="status">{status}</p>
      <p id="user">{data ? `${data.user?.name} ${(data as any).role}` : "nobody"}</p>
      <button id="wrong" onClick={async () => {
        const answer = await signIn("credentials", { redirect: false, username: "ada", password: "wrong" });
        document.getElementById("status")!.title = String(answer?.error);
      }}>Sign in badly</button>
      <button id="in" onClick={() => signIn("credentials", { username: "ada", password: "secret", callbackUrl: "/auth" })}>Sign in</button>
      <button id="out" onClick={() => signOut({ callbackUrl: "/auth" })}>Sign out</button>
    </>
  );
}

export const getServerSideProps: GetServerSideProps = async ({ req, res }) => {
  const session = await getServerSession(req, res, authOptions);
  return { props: { user: session?.user?.name ?? null } };
};
