// Records count characters as code points, the browser counts UTF-16 units. These go between them.

const paired = /[\ud800-\udbff][\udc00-\udfff]/;

export const toUnits = (text, point) => {
  if (!paired.test(text)) return point;
  let unit = 0;
  for (let n = 0; n < point && unit < text.length; n++) {
    unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
  }
  return unit;
};

export const toPoints = (text, unit) => (paired.test(text) ? [...text.slice(0, unit)].length : unit);
