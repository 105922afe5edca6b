import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { compare } from "bcryptjs";

// bcrypt of "secret", cost 4
const HASH = "$2b$04$IMZHTf6oT0T2znbFpOuzAeq.Jz9z47IxcoPZTGDanQEpI3btNhjre";

export const authOptions: NextAuthOptions = {
  secret: process.env.NEXTAUTH_SECRET,
  session: { strategy: "jwt" },
  providers: [
    CredentialsProvider({
      name: "Credentials",
      credentials: { username: { label: "Username", type: "text" }, password: { label: "Password", type: "password" } },
      async authorize(credentials) {
        if (!credentials || !(await compare(credentials.password, HASH))) return null;
        return { id: "7", name: credentials.username, email: credentials.username + "@example.com" };
      },
    }),
  ],
  callbacks: {
    jwt({ token, user }) {
      if (user) token.role = "editor";
      return token;
    },
    session({ session, token }) {
      (session as any).role = token.role;
      return session;
    },
  },
};
