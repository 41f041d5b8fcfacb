"""The words of dates and times, Spanish and English, by kind.

This is the page to correct when a word is missing or wrong. Words are written without accents and
in lower case, as the tokens are; a word of several tokens is written with underscores between them
("fin_de_semana"). Where a word exists in both languages with different meanings ("once", "mar"),
the language of the message decides; the lists `SPANISH_ORDINARY` and `ENGLISH_ORDINARY` name words
of the other language that mean nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from domain.when import DayPart, Portion, Which

Entry = tuple[str, Any]
"""A kind and its value."""
Words = Mapping[str, Mapping[Any, str]]

SPANISH: Words = {
    "WEEKDAY": {
        1: "lunes lun lu",
        2: "martes mart ma",
        3: "miercoles mierc mier mie mi3rcoles",
        4: "jueves juev jue ju",
        5: "viernes vier vie",
        6: "sabado sabados sab",
        7: "domingo domingos dom",
    },
    "MAR": {None: "mar"},  # martes or marzo
    "MONTH": {
        1: "enero ene",
        2: "febrero feb febr",
        3: "marzo",
        4: "abril abr",
        5: "mayo",
        6: "junio jun",
        7: "julio jul",
        8: "agosto ago agos",
        9: "septiembre setiembre sept set sep",
        10: "octubre oct",
        11: "noviembre nov",
        12: "diciembre dic dici",
    },
    "UNIT": {
        "second": "segundos segs seg",
        "minute": "minuto minutos min mins minutito minutitos minutes",
        "hour": "hora horas hrs hr hroa hora's",
        "day": "dia dias jornada",
        "workday": "dias_habiles dias_laborables dias_de_trabajo dia_habil dia_laborable",
        "week": "semana semanas sem",
        "fortnight": "quincena quincenas",
        "month": "mes meses",
        "year": "ano anos",
    },
    "SECOND": {2: "segundo"},
    "WEEKEND": {None: "fin_de_semana finde fines_de_semana findes fin_de_sem"},
    "H": {None: "h hs"},
    "UNITS": {
        1: "uno una",
        2: "dos",
        3: "tres",
        4: "cuatro",
        5: "cinco",
        6: "seis",
        7: "siete",
        8: "ocho",
        9: "nueve",
    },
    "CARDINAL": {
        10: "diez",
        11: "once",
        12: "doce",
        13: "trece",
        14: "catorce",
        15: "quince",
        16: "dieciseis",
        17: "diecisiete",
        18: "dieciocho",
        19: "diecinueve",
        20: "veinte",
        21: "veintiuno veintiuna veintiun",
        22: "veintidos",
        23: "veintitres",
        24: "veinticuatro",
        25: "veinticinco",
        26: "veintiseis",
        27: "veintisiete",
        28: "veintiocho",
        29: "veintinueve",
        60: "sesenta",
        90: "noventa",
    },
    "TENS": {30: "treinta treienta", 40: "cuarenta", 50: "cincuenta"},
    "ZERO": {0: "cero zero"},
    "ORDINAL": {
        1: "primer primero primera",
        3: "tercer tercero tercera",
        4: "cuarta",
        5: "quinto quinta",
        2: "segunda",
    },
    "UN": {None: "un"},
    "COUPLE": {2: "par un_par_de par_de"},
    "HALF": {None: "media medio"},
    "QUARTER": {None: "cuarto"},
    "QUARTERS": {None: "tres_cuartos"},
    "MINUS": {None: "menos"},
    "PAST": {None: "pasadas pasados"},
    "ISH": {None: "y_pico y_algo o_asi o_por_ahi mas_o_menos"},
    "OCLOCK": {None: "en_punto exactas exactamente clavadas"},
    "EL": {None: "el los lo"},
    "LAS": {None: "las"},
    "LA": {None: "la"},
    "AL": {None: "al"},
    "A": {None: "a"},
    "A_LAS": {None: "a_las a_la alas al_las a_alas a_ls"},
    "OF": {None: "de"},
    "DEL": {None: "del"},
    "IN": {None: "en dentro_de de_aqui_a"},
    "BY": {None: "por x xla"},
    "FOR": {None: "para pa xa"},
    "FROM": {
        False: "que_va que_inicia que_empieza que_comienza",
        True: "empezando comenzando a_contar_desde",
    },
    "SINCE": {None: "desde a_partir_de a_partir_del no_antes_de"},
    "EARLIEST": {None: "como_muy_pronto como_pronto como_minimo"},
    "LATEST": {None: "como_muy_tarde como_tarde a_mas_tardar como_maximo"},
    "UNTIL": {None: "hasta"},
    "BETWEEN": {None: "entre"},
    "AND": {None: "y e"},
    "OR": {None: "o u"},
    "ABOUT": {None: "sobre hacia a_eso_de cerca_de alrededor_de aproximadamente como"},
    "AROUND": {None: "tipo"},
    "MORE_THAN": {None: "mas_de al_menos_en"},
    "LESS_THAN": {None: "menos_de"},
    "AFTER": {None: "despues_de pasadas_las tras pasado_el"},
    "AFTER_THE": {None: "despues_del"},
    "BEFORE_THE": {None: "antes_del"},
    "BEFORE": {None: "antes_de no_mas_tarde_de no_despues_de"},
    "ONWARD": {None: "en_adelante o_mas_tarde o_despues para_adelante"},
    "THIS": {None: "este esta estos estas actual"},
    "NEXT": {Which.COMING: "proximo proxima proximos proximas siguiente siguientes entrante"},
    "THAT_COMES": {None: "que_viene q_viene que_entra que_vienen que_sigue q_viene"},
    "LAST": {
        None: "pasado pasada pasados pasadas ultimo ultima ultimos ultimas anterior anteriores"
    },
    "SAME": {None: "misma mismo"},
    "TODAY": {0: "hoy hoy_dia hoy_mismo"},
    "TOMORROW": {1: "mnn mnna manan"},
    "MANANA": {None: "manana mana"},
    "DAYS_OFF": {
        2: "pasado_manana pasado_mnn dia_despues_de_manana el_dia_despues_de_manana",
        3: "traspasado_manana",
        -1: "ayer el_dia_anterior el_dia_de_antes la_vispera dia_anterior",
        -2: "anteayer antes_de_ayer antier",
        1: "el_dia_siguiente dia_siguiente el_dia_de_despues proximo_dia",
    },
    "LAST_NIGHT": {None: "anoche"},
    "NOW": {
        None: "ahora ahorita ahora_mismo ya_mismo ahora_ya en_este_momento justo_ahora"
        " en_este_preciso_instante en_este_preciso_istante cuanto_antes lo_antes_posible"
        " lo_mas_pronto_posible tan_pronto_como_podamos tan_pronto_como_sea_posible"
    },
    "FROM_NOW": {None: "a_partir_de_ahora desde_ahora"},
    "FROM_TODAY": {None: "a_partir_de_hoy despues_de_hoy desde_hoy"},
    "AGO": {None: "hace"},
    "LATER": {None: "despues mas_tarde luego"},
    "EARLIER": {None: "mas_temprano antes"},
    "PART": {
        DayPart.AFTERNOON: "tarde tardecita",
        DayPart.NIGHT: "noche nochecita",
        DayPart.SMALL_HOURS: "madrugada",
        DayPart.MORNING: "mananita",
        DayPart.NOON: "mediodia medio_dia",
    },
    "PARTS": {
        DayPart.AFTERNOON: "tardes",
        DayPart.NIGHT: "noches",
        DayPart.SMALL_HOURS: "madrugadas",
        DayPart.MORNING: "mananas",
    },
    "PAST_NOON": {None: "pasado_mediodia pasado_el_mediodia pasado_medio_dia"},
    "MIDNIGHT": {None: "medianoche media_noche"},
    "MEAL": {
        DayPart.LUNCH: "hora_de_comer hora_de_la_comida hora_del_almuerzo hora_de_almuerzo"
        " hora_de_almorzar",
        DayPart.DINNER: "hora_de_cenar hora_de_la_cena",
    },
    "EARLY": {
        True: "temprano tempranito a_primera_hora primera_hora a_primeras_horas primeras_horas"
    },
    "LATE": {
        True: "a_ultima_hora ultima_hora a_ultimas_horas ultimas_horas altas_horas a_altas_horas"
    },
    "ANY": {None: "cualquier cualquiera todo todos toda"},
    "ANYTIME": {
        None: "a_cualquier_hora cualquier_hora a_la_hora_que_sea la_hora_que_sea cuando_sea"
        " me_da_igual_la_hora la_hora_me_da_igual da_igual_la_hora no_importa_la_hora"
        " cualquier_horario"
    },
    "ANYDAY": {
        None: "cualquier_dia el_dia_que_sea cuando_quieras cuando_quieran cuando_puedas"
        " me_da_igual_el_dia el_dia_me_da_igual no_importa_el_dia"
    },
    "PORTION": {
        Portion.START: "principios principio comienzos comienzo inicio inicios",
        Portion.MIDDLE: "mediados mitad",
        Portion.END: "finales final fines fin",
        Portion.REST: "resto",
        Portion.FIRST_HALF: "primera_mitad primera_quincena",
        Portion.SECOND_HALF: "segunda_mitad segunda_quincena",
    },
    "CHANGE": {
        None: "cambiar cambia cambio cambie cambiala cambiame cambiarla cambiamos mover mueve muevela"
        " moverla pasala pasarla pasame reprogramar reprograma aplazar aplaza adelantar"
        " adelanta retrasar retrasa modificar modifica"
    },
    "GREETING": {
        None: "buenos_dias buen_dia buenas_tardes buenas_noches buena_noche buena_tarde buen_mes"
        " buena_semana buen_fin_de_semana buen_finde feliz_dia linda_noche lindo_dia"
    },
    "PEOPLE": {
        None: "personas persona pers pax comensales comensal adultos adulto ninos nino ninas amigos"
        " amigas gente invitados sillas puestos cubiertos plazas bebes plantas opciones platos"
        " veces mesas mesa copas botellas euros pesos bs dolares anitos km cuadras estrellas monedas"
    },
    "NAMED": {None: "me_llamo mi_nombre_es nombre_de llamo soy"},
    "SEAT": {
        None: "mesa somos seremos seriamos vamos venimos iremos serian estaremos grupo_de"
        " mesita grupo edificio piso habitacion calle numero codigo planta sala local"
        " opcion telefono tel consultorio mesa_para"
    },
    "FEAST": {
        "christmas_eve": "nochebuena noche_buena vispera_de_navidad",
        "christmas": "navidad dia_de_navidad navidades",
        "new_years_eve": "nochevieja noche_vieja fin_de_ano ano_viejo fin_del_ano",
        "new_year": "ano_nuevo dia_de_ano_nuevo",
        "epiphany": "reyes dia_de_reyes reyes_magos",
        "valentines": "san_valentin dia_de_los_enamorados dia_de_san_valentin dia_del_amor_y_la_amistad",
        "st_patrick": "san_patricio dia_de_san_patricio",
        "st_joseph": "dia_de_san_jose",
        "palm_sunday": "domingo_de_ramos",
        "maundy_thursday": "jueves_santo",
        "good_friday": "viernes_santo",
        "holy_saturday": "sabado_santo sabado_de_gloria",
        "easter": "pascua domingo_de_pascua domingo_de_resurreccion pascuas",
        "easter_monday": "lunes_de_pascua",
        "st_george": "sant_jordi san_jorge",
        "labour_day": "dia_del_trabajo dia_del_trabajador dia_internacional_de_los_trabajadores"
        " dia_de_los_trabajadores",
        "st_john": "san_juan noche_de_san_juan",
        "assumption": "la_asuncion",
        "halloween": "halloween",
        "all_saints": "todos_los_santos dia_de_todos_los_santos",
        "all_souls": "dia_de_los_muertos dia_de_muertos dia_de_los_difuntos todos_santos",
        "hispanic_day": "dia_de_la_hispanidad dia_del_pilar el_pilar",
        "constitution_es": "dia_de_la_constitucion",
        "immaculate": "la_inmaculada dia_de_la_inmaculada inmaculada_concepcion",
        "mothers_day_es": "dia_de_la_madre",
        "fathers_day_es": "dia_del_padre",
    },
}

ENGLISH: Words = {
    "WEEKDAY": {
        1: "monday mondays mon",
        2: "tuesday tuesdays tues tue",
        3: "wednesday wednesdays weds",
        4: "thursday thursdays thurs thur thu",
        5: "friday fridays fri",
        6: "saturday saturdays",
        7: "sunday sundays",
    },
    "SHORTDAY": {3: "wed", 6: "sat", 7: "sun"},
    "MONTH": {
        1: "january jan",
        2: "february feb",
        3: "march mar",
        4: "april apr",
        6: "june jun",
        7: "july jul",
        8: "august aug",
        9: "september sept sep",
        10: "october oct",
        11: "november nov",
        12: "december dec",
    },
    "MAY": {5: "may"},
    "UNIT": {
        "second": "seconds secs sec",
        "minute": "minute minutes min mins '",
        "hour": "hour hours hrs hr",
        "day": "day days",
        "workday": "business_day business_days working_day working_days work_days weekdays weekday",
        "week": "week weeks wk wks",
        "fortnight": "fortnight fortnights",
        "month": "month months",
        "year": "year years",
    },
    "SECOND": {2: "second"},
    "WEEKEND": {None: "weekend weekends wkend"},
    "H": {None: "h"},
    "UNITS": {
        1: "one",
        2: "two",
        3: "three",
        4: "four",
        5: "five",
        6: "six",
        7: "seven",
        8: "eight",
        9: "nine",
    },
    "CARDINAL": {
        10: "ten",
        11: "eleven",
        12: "twelve",
        13: "thirteen",
        14: "fourteen",
        15: "fifteen",
        16: "sixteen",
        17: "seventeen",
        18: "eighteen",
        19: "nineteen",
        60: "sixty",
        90: "ninety",
    },
    "TENS": {20: "twenty", 30: "thirty", 40: "forty fourty", 50: "fifty"},
    "ZERO": {0: "zero oh o ou"},
    "ORDINAL": {
        1: "first",
        3: "third",
        4: "fourth",
        5: "fifth",
        6: "sixth",
        7: "seventh",
        8: "eighth",
        9: "ninth",
        10: "tenth",
        11: "eleventh",
        12: "twelfth",
        13: "thirteenth",
        14: "fourteenth",
        15: "fifteenth",
        16: "sixteenth",
        17: "seventeenth",
        18: "eighteenth",
        19: "nineteenth",
        20: "twentieth",
        30: "thirtieth",
    },
    "UN": {None: "an"},
    "COUPLE": {2: "couple couple_of a_couple a_couple_of"},
    "FEW": {3: "few a_few several"},
    "HALF": {None: "half"},
    "QUARTER": {None: "quarter qtr"},
    "QUARTERS": {None: "three_quarters three_-_quarters"},
    "PAST": {None: "past"},
    "ISH": {None: "ish or_so or_thereabouts"},
    "OCLOCK": {None: "oclock sharp on_the_dot exactly"},
    "THE": {None: "the my"},
    "A": {None: "a"},
    "AT": {None: "at @"},
    "OF": {None: "of"},
    "IN": {None: "in"},
    "ON": {None: "on"},
    "BY": {None: "by during"},
    "FOR": {None: "for"},
    "SINCE": {None: "since as_early_as no_earlier_than not_before no_sooner_than"},
    "EARLIEST": {None: "at_the_earliest"},
    "LATEST": {None: "at_the_latest tops"},
    "FROM": {
        False: "from",
        True: "starting beginning commencing starting_from starting_on beginning_on",
    },
    "WEEK_FROM": {None: "w_/_c wc w_/_b"},
    "TO": {None: "to through thru"},
    "UNTIL": {None: "till until til"},
    "BETWEEN": {None: "between"},
    "WITHIN": {None: "within"},
    "AND": {None: "and"},
    "OR": {None: "or"},
    "AROUND": {None: "about around approximately roughly circa"},
    "MORE_THAN": {None: "more_than"},
    "LESS_THAN": {None: "less_than"},
    "AFTER": {None: "after later_than"},
    "BEFORE": {None: "before earlier_than no_later_than not_later_than as_late_as"},
    "ONWARD": {None: "onwards onward or_later or_after and_later"},
    "THIS": {None: "this current these"},
    "NEXT": {Which.NEXT: "next following"},
    "UPCOMING": {None: "coming upcoming"},
    "LAST": {None: "last previous"},
    "SAME": {None: "same"},
    "TODAY": {0: "today tdy 2day todays this_day same_day"},
    "TOMORROW": {1: "tomorrow tomorrows tmrw tmr tmw tomoz 2morrow 2moro 2mrw next_day"},
    "DAYS_OFF": {
        2: "day_after_tomorrow the_day_after_tomorrow the_day_after_tmrw day_after_tmrw",
        -1: "yesterday the_day_before",
        -2: "day_before_yesterday the_day_before_yesterday",
        1: "the_day_after the_next_day the_following_day",
    },
    "LAST_NIGHT": {None: "last_night"},
    "TONIGHT": {DayPart.NIGHT: "tonight tonite 2nite 2night this_night"},
    "NOW": {
        None: "right_now just_now asap as_soon_as_possible straight_away immediately at_present"
        " atm right_away at_the_moment at_this_time"
    },
    "NOW_WORD": {None: "now"},
    "FREE": {None: "free available open meet back here"},
    "FROM_NOW": {None: "from_now hence in_the_future"},
    "FROM_TODAY": {None: "from_today after_today"},
    "AGO_POST": {None: "ago"},
    "LATER": {None: "later"},
    "EARLIER": {None: "earlier"},
    "PART": {
        DayPart.MORNING: "morning",
        DayPart.AFTERNOON: "afternoon arvo",
        DayPart.EVENING: "evening",
        DayPart.NIGHT: "night nite night_-_time nighttime night_time",
    },
    "PARTS": {
        DayPart.MORNING: "mornings",
        DayPart.AFTERNOON: "afternoons",
        DayPart.EVENING: "evenings",
        DayPart.NIGHT: "nights",
    },
    "NOON": {None: "noon midday mid_day mid_-_day"},
    "MIDNIGHT": {None: "midnight mid_night"},
    "MID": {None: "mid"},
    "MEAL": {
        DayPart.LUNCH: "lunchtime lunch_time at_lunch",
        DayPart.DINNER: "dinnertime dinner_time around_dinner",
    },
    "EARLY": {False: "early", True: "first_thing"},
    "LATE": {False: "late"},
    "ANY": {None: "any every each"},
    "ANYTIME": {None: "anytime any_time whatever_time at_any_time any_hour no_matter_what_time"},
    "ANYDAY": {None: "any_day whenever whatever_day any_date"},
    "PORTION": {
        Portion.START: "beginning start",
        Portion.MIDDLE: "middle",
        Portion.END: "end",
        Portion.REST: "rest remainder",
        Portion.FIRST_HALF: "first_half",
        Portion.SECOND_HALF: "second_half",
    },
    "EOM": {Portion.END: "eom", Portion.START: "bom"},
    "CHANGE": {None: "change changed move moved reschedule rescheduled switch push bring"},
    "GREETING": {
        None: "good_morning good_afternoon good_evening good_night good_day nice_day great_day"
        " nice_evening great_evening nice_weekend great_weekend good_weekend nice_week great_week"
        " good_week great_month nice_night lovely_day lovely_evening good_one"
    },
    "PEOPLE": {
        None: "people persons person ppl pax guests guest adults adult kids kid children child of_us"
        " friends seats seat diners heads covers women men tables table options times dishes bottles"
        " percent dollars euros pounds miles blocks stars coins units pieces"
    },
    "NAMED": {None: "name_is i_'_m i_am under name_of"},
    "SEAT": {
        None: "table tables seat seats party_of group_of party group booth building floor room"
        " number street code phone tel option  suite apartment"
    },
    "FEAST": {
        "christmas_eve": "christmas_eve xmas_eve",
        "christmas": "christmas christmas_day xmas xmas_day",
        "boxing_day": "boxing_day",
        "new_years_eve": "new_years_eve new_year_eve nye new_year's_eve",
        "new_year": "new_years_day new_year_day new_years new_year's_day new_year's new_year",
        "valentines": "valentines valentines_day valentine_day valentine's_day valentine's",
        "st_patrick": "st_patricks_day st_patrick's_day saint_patricks_day",
        "easter": "easter easter_sunday easter_day",
        "easter_monday": "easter_monday",
        "good_friday": "good_friday",
        "palm_sunday": "palm_sunday",
        "mothers_day": "mothers_day mother's_day",
        "fathers_day": "fathers_day father's_day",
        "memorial_day": "memorial_day",
        "independence_day_us": "independence_day",
        "labor_day_us": "labor_day",
        "labour_day": "labour_day may_day international_workers_day international_workers_'_day",
        "mlk_day": "mlk_day martin_luther_king_day martin_luther_king's_day",
        "presidents_day": "presidents_day president's_day",
        "columbus_day": "columbus_day",
        "veterans_day": "veterans_day",
        "halloween": "halloween",
        "thanksgiving": "thanksgiving thanksgiving_day",
        "black_friday": "black_friday",
    },
}

SPANISH_ORDINARY = "ten may sat sun wed o second min last mon thu h past son no me once_upon lo"
ENGLISH_ORDINARY = "once ma ju lu mar media e x tras y u lo uno do da como medio sobre actual set a"

FUZZY_EXTRA = {"tomorrow", "tonight", "afternoon", "manana", "morning", "evening"}
"""Words besides long names of weekdays and months in which one slip of the finger is forgiven."""
# fmt: off
NOT_TYPOS = frozenset((
    "abrir", "banana", "domino", "evenings", "hermana", "jueces", "junta", "junto", "juntos",
    "lunas", "marco", "mares", "marte", "martin", "martini", "mayor", "mayores", "moaning",
    "montana", "montanas", "mourning", "partes", "semana", "semanas", "sundae", "viejo", "viene",
    "vienes", "warming", "warning",
))
# fmt: on
"""Real words one letter away from a name."""


def entries(words: Words) -> Iterator[tuple[tuple[str, ...], Entry]]:
    """Every word or phrase as its tokens, with kind and value."""
    for kind, by_value in words.items():
        for value, spellings in by_value.items():
            for spelling in spellings.split():
                yield tuple(spelling.split("_")), (kind, value)


ALSO_NAMES = frozenset(
    ("domingo", "abril", "julio", "april", "june", "jun", "may", "august", "mar", "navidad")
)
"""Days and months that people are called after: beside another capital they are a person."""
