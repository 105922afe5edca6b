import type { GetStaticProps } from "next";
import Link from "next/link";
import { useTranslation } from "next-i18next";
import { serverSideTranslations } from "next-i18next/serverSideTranslations";

export default function Page() {
  const { t, i18n } = useTranslation("common");
  return (
    <>
      <h1 id="greeting">{t("greeting", { name: "Ada" })}</h1>
      <p id="items">{t("items", { count: 1 })}, {t("items", { count: 3 })}</p>
      <p id="language">{i18n.language}</p>
      <Link id="german" href="/i18n" locale="de">Deutsch</Link>
    </>
  );
}

export const getStaticProps: GetStaticProps = async ({ locale }) => ({
  props: { ...(await serverSideTranslations(locale ?? "en", ["common"])) },
});
