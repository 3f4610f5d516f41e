"""Check digits of ISBN, EAN and ISSN (校验位); values are bare digits, only an ISSN has its hyphen."""

from __future__ import annotations


def ean_ok(digits: str) -> bool:
    """Whether 13 digits have the right last one (weights 1 and 3, modulo 10)."""
    codes = digits.encode("ascii", "replace")
    return (
        len(codes) == 13 and digits.isdigit() and (sum(codes[::2]) + 3 * sum(codes[1::2]) - 48 * 25) % 10 == 0
    )


def isbn10_ok(digits: str) -> bool:
    """Whether ten characters are a sound ISBN-10 (modulo 11, X = 10)."""
    if len(digits) != 10 or not digits[:9].isdecimal():
        return False
    total = 0
    for weight, char in zip((10, 9, 8, 7, 6, 5, 4, 3, 2), digits, strict=False):
        total += weight * (ord(char) - 48)
    last = digits[9]
    return (total + (10 if last == "X" else ord(last) - 48)) % 11 == 0 if last in "0123456789X" else False


def isbn13_ok(digits: str) -> bool:
    """Whether 13 digits are a sound EAN-13 of the book range 978 or 979 (979-0 is printed music)."""
    if len(digits) != 13 or not digits.isdecimal() or digits[:3] not in ("978", "979"):
        return False
    return ean_ok(digits)


def to_isbn13(isbn10: str) -> str:
    """13 digits of a sound ISBN-10."""
    body = "978" + isbn10[:9]
    codes = body.encode("ascii")
    return body + str(-(sum(codes[::2]) + 3 * sum(codes[1::2]) - 48 * 24) % 10)


def to_isbn10(isbn: str) -> str:
    """Ten characters of a 978 ISBN-13, '' for a 979 one."""
    if not isbn13_ok(isbn) or not isbn.startswith("978"):
        return ""
    total = sum(weight * int(char) for weight, char in zip(range(10, 1, -1), isbn[3:12], strict=True))
    check = -total % 11
    return isbn[3:12] + ("X" if check == 10 else str(check))


def issn_ok(value: str) -> bool:
    """Whether NNNN-NNNC has the right check character (modulo 11)."""
    digits = value.replace("-", "")
    if (
        len(digits) != 8
        or not (digits[:7].isascii() and digits[:7].isdecimal())
        or digits[7] not in "0123456789X"
    ):
        return False
    total = sum(weight * int(char) for weight, char in zip(range(8, 1, -1), digits[:7], strict=True))
    return (total + (10 if digits[7] == "X" else int(digits[7]))) % 11 == 0
