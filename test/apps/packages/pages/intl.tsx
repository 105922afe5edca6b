import type { GetStaticProps } from "next";
import { useRouter } from "next/router";
import { NextIntlClientProvider, useFormatter, useTranslations, type AbstractIntlMessages } from "next-intl";

function Content() {
  const t = useTranslations("Page");
  const format = useFormatter();
  return (
    <>
      <h1 id="title">{t("title", { name: "Ada" })}</h1>
      <p id="stock">{[0, 1, 2].map((count) => t("stock", { count })).join(", ")}</p>
      <p id="price">{format.number(1234.5, { style: "currency", currency: "EUR" })}</p>
    </>
  );
}

export default function Page({ messages }: { messages: AbstractIntlMessages }) {
  const router = useRouter();
  return <NextIntlClientProvider locale={router.locale ?? "en"} timeZone="Europe/Vienna" messages={messages}><Content /></NextIntlClientProvider>;
}

export const getStaticProps: GetStaticProps = async ({ locale }) => ({
  props: { messages: (await import(`@/messages/${locale ?? "en"}.json`)).default },
});
