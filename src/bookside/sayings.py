"""What the server itself says in an answer, in the languages of the widget; the only place for these words.

The reader hears the language that they ask in where it is plain, else that of their page, else the book's; English
where there are no words for it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

NAMES_TRADITIONAL = {"hant", "tw", "hk", "mo"}
"""Parts of tags of Chinese that is written in characters which the words are not in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sayings:
    """The words of one language.

    Args:
        preface: Before quotations, where no model is configured.
        other_edition: The same where they are from another edition, behind the ``{note}`` that says so.
        nothing: Where no words of the book answer.
        nearest: Before the sections that come nearest.
        not_searched: Where the question could not be looked up; ``{reason}`` is an error's English.
        edition: That another ``{edition}`` than the reader's ``{own}`` answers.
        own: The form of ``{own}`` there; nothing where it has no name.
        selection_cut: That only so many ``{chars}`` of a selection are used.
        searching: While passages are looked for.
    """

    preface: str
    other_edition: str
    nothing: str
    nearest: str
    not_searched: str
    edition: str
    own: str = " ({own})"
    selection_cut: str
    searching: str

    def told_of(self, edition: str, own: str | None) -> str:
        """What a reader is told whose ``own`` edition has no answer, where another one has."""
        return self.edition.format(edition=edition, own=self.own.format(own=own) if own else "")


ENGLISH = Sayings(
    preface="No language model is configured here, so these are the book's own words:",
    other_edition="{note} No language model is configured here, so these are its own words:",
    nothing="The book does not seem to answer this. No language model is configured here, so only its own words can be "
    "quoted, and none of them fit the question.",
    nearest="The nearest sections are:",
    not_searched="Your question could not be looked up: {reason}. Ask about the whole book instead, or ask again from "
    "a page of it.",
    edition="The edition that you are reading{own} has nothing on this. The answer is from another one: {edition}.",
    selection_cut="Only the first {chars:,} characters of the selection are used.",
    searching="Searching the book",
)
GERMAN = Sayings(
    preface="Hier ist kein Sprachmodell eingerichtet, deshalb antwortet das Buch in seinen eigenen Worten:",
    other_edition="{note} Hier ist kein Sprachmodell eingerichtet, deshalb antwortet sie in ihren eigenen Worten:",
    nothing="Das Buch scheint darauf keine Antwort zu haben. Hier ist kein Sprachmodell eingerichtet, deshalb können "
    "nur Stellen des Buches zitiert werden, und keine passt zu der Frage.",
    nearest="Am nächsten kommen diese Abschnitte:",
    not_searched="Ihre Frage konnte nicht nachgeschlagen werden. Fragen Sie nach dem ganzen Buch, oder fragen Sie noch "
    "einmal von einer Seite des Buches aus.",
    edition="In der Ausgabe, die Sie lesen{own}, steht dazu nichts. Die Antwort ist aus einer anderen: {edition}.",
    selection_cut="Von der Auswahl werden nur die ersten {chars} Zeichen verwendet.",
    searching="Das Buch wird durchsucht",
)
SPANISH = Sayings(
    preface="Aquí no hay ningún modelo de lenguaje configurado, así que estas son las palabras del propio libro:",
    other_edition="{note} Aquí no hay ningún modelo de lenguaje configurado, así que estas son sus propias palabras:",
    nothing="Parece que el libro no responde a esto. Aquí no hay ningún modelo de lenguaje configurado, así que solo "
    "se pueden citar pasajes del libro, y ninguno encaja con la pregunta.",
    nearest="Las secciones más cercanas son:",
    not_searched="No se ha podido buscar la pregunta. Pregunte por todo el libro, o pregunte de nuevo desde una de sus "
    "páginas.",
    edition="La edición que está leyendo{own} no dice nada de esto. La respuesta es de otra: {edition}.",
    selection_cut="De la selección solo se usan los primeros {chars} caracteres.",
    searching="Buscando en el libro",
)
URDU = Sayings(
    preface="یہاں کوئی لسانی ماڈل مقرر نہیں، اس لیے یہ کتاب کے اپنے الفاظ ہیں:",
    other_edition="{note} یہاں کوئی لسانی ماڈل مقرر نہیں، اس لیے یہ اسی کے اپنے الفاظ ہیں:",
    nothing="لگتا ہے کہ کتاب میں اس کا جواب نہیں ہے۔ یہاں کوئی لسانی ماڈل مقرر نہیں، اس لیے صرف کتاب کے اپنے الفاظ "
    "نقل کیے جا سکتے ہیں، اور ان میں سے کوئی بھی سوال سے میل نہیں کھاتا۔",
    nearest="قریب ترین حصے یہ ہیں:",
    not_searched="آپ کا سوال تلاش نہیں کیا جا سکا۔ پوری کتاب کے بارے میں پوچھیں، یا کتاب کے کسی صفحے سے دوبارہ پوچھیں۔",
    edition="جو ایڈیشن آپ پڑھ رہے ہیں{own}، اس میں اس بارے میں کچھ نہیں۔ جواب ایک اور ایڈیشن سے ہے: {edition}۔",
    selection_cut="انتخاب کے صرف پہلے {chars} حروف استعمال ہوتے ہیں۔",
    searching="کتاب میں تلاش ہو رہی ہے",
)
CHINESE = Sayings(
    preface="这里没有配置语言模型，因此以下是书中的原文：",
    other_edition="{note}这里没有配置语言模型，因此以下是该版本的原文：",
    nothing="这本书似乎没有回答这个问题。这里没有配置语言模型，因此只能引用书中的原文，而其中没有与问题相符的内容。",
    nearest="最接近的章节是：",
    not_searched="无法查找您的问题。请改为在全书中提问，或者从书中的某一页重新提问。",
    edition="您正在阅读的版本{own}没有这方面的内容。答案来自另一个版本：{edition}。",
    own="（{own}）",
    selection_cut="所选内容只使用前 {chars} 个字符。",
    searching="正在书中查找",
)
SAYINGS: Mapping[str, Sayings] = {"en": ENGLISH, "de": GERMAN, "es": SPANISH, "ur": URDU, "zh": CHINESE}

# Which language a question is in -------------------------------------------------------------------------------------

TELLING = {
    "en": "how what why when where who which is are does do can could should the of to and it this my",
    "de": "wie was warum wann wo wer wieso welche welcher welches ist sind kann muss wird gibt ich man der das den dem "
    "ein eine einen und nicht für mit von auf zum zur im",
    "es": "cómo qué cuál cuáles cuándo dónde quién cuánto cuántos como puedo puede hay hace sirve funciona el los las "
    "del por para una y es está este esta",
}
"""Small words that most questions in a language have, and few in the others."""

LEAST_TELLING = 2
"""One of them may be a name or a technical word, as in "MIT license" or "ES modules"."""

_WORD = re.compile(r"\w+")
_LETTER = re.compile(r"[^\W\d_]")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_NOT_CHINESE = re.compile(r"[\u3040-\u30ff\u31f0-\u31ff\uac00-\ud7af]")
_URDU = re.compile(r"[ٹڈڑےںھہ]")
"""Letters that Arabic and Persian do not have."""


def sayings_for(question: str | None, page: str | None, book: str | None) -> Sayings:
    """The words for a reader who asks ``question``.

    Args:
        page: The tag of the language of their page, as its site says it.
        book: The tag of the book's language.
    """
    known = page or book or "en"
    if _base(known) not in SAYINGS:  # small words tell our languages apart, but not from all others
        return ENGLISH
    asked = language_of_question(question or "")
    return _by_tag(known if asked in (None, _base(known)) else asked)


def language_of_question(question: str) -> str | None:
    """The language of those there are words for that the question is plainly in; ``None`` where it may be another."""
    han = len(_HAN.findall(question))
    if han:
        is_most = han > len(_LETTER.findall(question)) / 2
        return "zh" if is_most and not _NOT_CHINESE.search(question) else None
    if _URDU.search(question):
        return "ur"
    words = set(_WORD.findall(question.lower()))
    telling = {tag: set(small.split()) for tag, small in TELLING.items()}
    counts = sorted(((len(small & words), tag) for tag, small in telling.items()), reverse=True)
    (most, tag), (second, _), *_ = counts
    return tag if most >= second + LEAST_TELLING else None


def is_foreign(question: str, book: str | None) -> bool:
    """Whether the question is plainly in another language than the book, whose tag is ``book``."""
    language = _base(book) if book else None
    return language in SAYINGS and language_of_question(question) not in (None, language)


def _by_tag(tag: str) -> Sayings:
    base, *more = tag.replace("_", "-").lower().split("-")
    is_other_script = base == "zh" and bool(NAMES_TRADITIONAL & set(more))
    return ENGLISH if is_other_script else SAYINGS.get(base, ENGLISH)


def _base(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()
