/** The text of a stylesheet, as pages/web/build.mjs puts it in. */
declare module "*.css" {
  const text: string;
  export default text;
}
