"""Which language a message is in, from its small words."""

from __future__ import annotations

from infrastructure.local.understanding.text import Said, word_set

_SPANISH = word_set(
    """
    el la los las un una unos unas de del al y o que en con sin para por es esta este son soy somos
    seremos estoy quiero quisiera necesito deseo puedo puede pueden podria podrian podemos tengo tiene tienen hay
    mi mis su sus me se nos lo le les te si como cuando donde cual cuanto cuantos quien porque pero mas
    muy ya hoy manana ayer noche tarde dia semana lunes martes miercoles jueves viernes sabado domingo
    me llamo llama llaman soy mesa reserva reservar cita citas turno hora personas gracias favor porfa hola buenas buenos dias adios
    vale dale perfecto claro bien mejor ninguna ninguno otra otro primera segunda tercera ultima
    cancelar cancela cambiar cambia nombre a las ahi aqui eso esa ese nada tambien tampoco entonces
    cenar comer almorzar cena comida almuerzo terraza ninos nino bebe cuatro cinco seis siete ocho nueve diez
    dos tres doce once medico medica odontologo dentista agendar quiera gustaria genial
    """
) - {"a", "me", "once", "son", "no", "sin"}
_ENGLISH = word_set(
    """
    the an of to and or for with without is are am was were be been this that these those i you he she
    we they it my your his her our their can could would should will shall do does did have has had
    want need like please thanks thank hello hi hey yes yeah yep no not what when where which who how
    why there here at on in from by tonight today tomorrow yesterday table book booking reservation
    reserve appointment party people guests cancel change move name under is's i'd i'm it's that's
    morning evening afternoon night week monday tuesday wednesday thursday friday saturday sunday
    one two three four five six seven eight nine ten dinner lunch breakfast later earlier any another
    first second third last great good sounds right correct sure fine make just me
    """
) - {"no", "a", "me", "son", "once"}
# What both languages have decides nothing.


MAX_WORDS_FOR_ONE = 4
"""One known word among more than this is chance ("Laura Gil'); DROP TABLE bookings")."""


def language_of(said: Said, *, otherwise: str) -> str:
    """`es` or `en` where the message shows it, else `otherwise`."""
    spanish = sum(word in _SPANISH for word in said.words)
    english = sum(word in _ENGLISH for word in said.words)
    lower = said.text.lower()
    spanish += 2 * any(mark in lower for mark in "¿¡ñ") + any(mark in lower for mark in "áéíóú")
    most = max(spanish, english)
    if spanish == english or (most == 1 and len(said.words) > MAX_WORDS_FOR_ONE):
        return otherwise
    return "es" if spanish > english else "en"
