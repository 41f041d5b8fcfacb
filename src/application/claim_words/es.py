"""Spanish."""

from __future__ import annotations

from application.claim_words.words import Claim, Part, Words

WORDS = Words(
    months=(
        "enero|ene",
        "febrero|feb",
        "marzo|mar",
        "abril|abr",
        "mayo|may",
        "junio|jun",
        "julio|jul",
        "agosto|ago",
        "septiembre|setiembre|sept|sep|set",
        "octubre|oct",
        "noviembre|nov",
        "diciembre|dic",
    ),
    weekdays=(
        "lunes|lun",
        "martes|mar",
        "miercoles|mie",
        "jueves|jue",
        "viernes|vie",
        "sabado|sabados|sab",
        "domingo|domingos|dom",
    ),
    numbers={
        "dos": 2,
        "tres": 3,
        "cuatro": 4,
        "cinco": 5,
        "seis": 6,
        "siete": 7,
        "ocho": 8,
        "nueve": 9,
        "diez": 10,
        "once": 11,
        "doce": 12,
        "trece": 13,
        "catorce": 14,
        "quince": 15,
        "dieciseis": 16,
        "diecisiete": 17,
        "dieciocho": 18,
        "diecinueve": 19,
        "veinte": 20,
        "veintiuno": 21,
        "veintiuna": 21,
        "veintiun": 21,
        "veintidos": 22,
        "veintitres": 23,
        "veinticuatro": 24,
        "veinticinco": 25,
        "veintiseis": 26,
        "veintisiete": 27,
        "veintiocho": 28,
        "veintinueve": 29,
        "treinta y uno": 31,
        "treinta y un": 31,
        "treinta": 30,
    },
    one="un|una|uno",
    ordinals={"primero": 1},
    near_days={
        "pasado manana": 2,
        "hoy": 0,
        "esta noche": 0,
        "esta tarde": 0,
        "esta manana": 0,
        "este mediodia": 0,
        "manana": 1,
        "ayer": -1,
        "anoche": -1,
    },
    parts={
        "de la madrugada": Part.SMALL_HOURS,
        "de madrugada": Part.SMALL_HOURS,
        "de la manana": Part.MORNING,
        "por la manana": Part.MORNING,
        "en la manana": Part.MORNING,
        "del mediodia": Part.NOON,
        "de la tarde": Part.AFTERNOON,
        "por la tarde": Part.AFTERNOON,
        "en la tarde": Part.AFTERNOON,
        "de la noche": Part.NIGHT,
        "por la noche": Part.NIGHT,
        "en la noche": Part.NIGHT,
        "esta noche": Part.NIGHT,
        "esta tarde": Part.AFTERNOON,
    },
    clock_words={"medianoche": 0},
    before_hour=r"a las|a la|las|la|a eso de las|hora:|horas?",
    after_hour=r"h|hs|hrs|en punto",
    past={
        "y media": 30,
        "y cuarto": 15,
        "menos cuarto": -15,
        "menos diez": -10,
        "menos cinco": -5,
        "menos veinte": -20,
        "y diez": 10,
        "y cinco": 5,
        "y veinte": 20,
        "y veinticinco": 25,
        "treinta": 30,
        "quince": 15,
        "cuarenta y cinco": 45,
        "y treinta": 30,
        "y quince": 15,
        "y cuarenta y cinco": 45,
    },
    past_before={"cuarto para las": -15, "un cuarto para las": -15},
    day_before=r"el|dia|el dia|del|del dia",
    people=r"personas?|comensal(?:es)?|invitados?|adultos?|ninos?|ninas?|bebes?|cubiertos?|pax|amigos|sitios|plazas|asientos",
    party=r"quedais|quedan|venis|mesas? (?:libre )?(?:para|de)|reserva para|grupos? de(?: mas de)?|somos|son|sois|seremos|seran|para(?: los| las)?",
    minutes=r"minutos?|min|mins",
    hours=r"horas?",
    longer=r"dias?|noches?|semanas?|mes(?:es)?|anos?",
    tables=r"mesas?|sala|consulta|consultorio|sillon|box|habitacion",
    negations=r"no|nunca|ni|ningun|ninguna|nada|sin|tampoco|jamas",
    harmless=(
        r"no (?:se|te|os) preocup\w+|no (?:hay|tenga|tengas) (?:ningun )?(?:problema|duda)|sin (?:ningun )?problemas?"
        r"|(?:si|aunque) no (?:me|l[oa]|te|le|mal) (?:equivoco|crea[sn]?|falla la memoria|parezca|recuerdo)|si (?:bien |mal no )?recuerdo(?: bien| mal)?"
        r"|no (?:se |te |os )?l[oa]s? (?:olvid\w+|pierda[sn]?)|no (?:se |te |os )?olvid\w+|no (?:se|te|os) lo va[sni]*s? a creer"
        r"|no (?:se|te|os) l[ao]s? (?:quita|quitan|va a quitar) nadie|sin duda|no (?:solo|solamente|faltaba mas|dude|dudes)|como no\b|no falta nada"
    ),
    softeners=(
        r"puedo|puede[sn]?|podemos|podria[sn]?|podriamos|podre|podremos|quiere[sn]?|quieras?|quisiera|dese[ae]s?|gustaria"
        r"|prefiere[sn]?|prefieras?|seria|quedaria|estaria|tendria|deberia|pendiente|ser|estar|quedar|haber|haberse|antes de"
        r"|para que|hasta que|intent\w+|permitame|permiteme|necesit\w+|hace falta|falta|busco|buscamos|por si"
    ),
    frames=(
        r"(?:puedo|podemos|podria|quiero|queremos|quisiera|me complace|me alegra|nos alegra|nos complace|tengo el gusto de|es un placer|permitame)"
        r" (?:confirmar|asegurar|garantizar|decir|informar|comunicar|anunciar)(?:le|te|os|les|lo|la|selo|sela|telo|tela)?\b"
    ),
    conditions=r"(?:di(?:ga|gan|me)\w*|deme|dame|denme|dadme|confirm(?:e|a)me|elija|elige|escribame|escribeme)(?= .*\by (?:l[aeo]s?|se|te|os|yo|ya) )|si|cuando (?:me|nos) \w+|cuando (?=(?:este|esten|quede|sea|haya|hayan)\b)|en caso de|siempre que|siempre y cuando|una vez que?|en cuanto|tan pronto|con que|hasta que|a menos que",
    strict_conditions=r"en cuanto (?!a )|cuando (?:este|esten|quede|sea|haya|hayan)\b|una vez que|tan pronto como|cuando (?:me|nos) \w+|si (?:me|nos) \w+|siempre que|siempre y cuando|solo si|hasta que",
    openers=r"le|te|les|os|lo|la|que|cual|cuales|cuando|cuanto|cuantos|cuantas|donde|como|quien|a que|para|por que|puede|puedes|podria|podrias|quiere|quieres|desea|deseas|prefiere|prefieres|necesita|necesitas|alguna?|busco|reservo|confirmo|hay|es|son|tiene|tienes|o|esta|seria",
    ignorance=(
        r"no (?:tengo|tenemos|dispongo de|contamos con|consta|me consta|cuento con)\b.{0,30}?(?:informacion|dato|datos|detalle|detalles|indicacion|respuesta)"
        r"|no (?:puedo|podemos|tengo forma de|tengo manera de|esta en mi mano) (?:cambiar|modificar|decidir|tocar)\b"
        r"|no (?:lo )?se\b|no (?:le |te )?(?:puedo|podria|sabria) (?:decir|confirmar|asegurar|garantizar|prometer)|no me consta"
        r"|(?:llam|pregunt|consult|escrib)(?:e|en|ar|arnos|enos|anos|elo|alo|alos|aselo|eselo|arlo)\b|desconozco|no depende de mi"
    ),
    formerly=r"de(?: las)?|del|desde(?: las| el)?|antes|en (?:vez|lugar) de|anterior|estaba|era|tenia|ya no|reemplaza|sustituye",
    once=r"antes|era|estaba",
    nightly=r"noche|madrugada",
    notes=r"anot\w*|apunt\w*|not[ao]\w*|tom\w+ nota|pedid\w*|peticion\w*|preferencia\w*|prefier\w*|alergi\w*|solicit\w*|deseo\w*|tenemos en cuenta|en cuenta|pidi\w*|pides?|pide",
    deeds=(
        r"\b(?:acab|termin)(?:o|a|amos|áis|an) de (\w+)|\b(?:doy|damos|dejo|dejamos|dej[ée]) (?:ya )?(?:por )?(\w+(?:[ai]d|íd|uest|ech)[oa]s?)\b|\b(?:he|hemos|ha|han) (?:ya |sido |quedado |vuelto a )*(\w+(?:[ai]d|íd|t|ch|s)[oa]s?)\b"
        r"|\b(?:est(?:á|án|ás|áis)|qued(?:a|an|as|áis|ó)|fue|fueron|van?) (?:ya |todo |toda |todos |bien |más que |muy |también )*(\w+(?:[ai]d|íd|crit|uest|ech)[oa]s?)\b"
        r"|\b(?:te|le|os|les|se lo|se la|te lo|te la|lo|la|los|las) (\w{3,}(?:é|[aei]mos))\b|\b(?:te|se|os) l[aeo]s? (\w{2,}(?:o|[aei]mos))\b|\b(\w{2,}(?:[aei]ré|[aei]remos|[aei]rán?))\b"
    ),
    innocent=(
        r"esté\b|ir\b|irse|ocupar|dé\b|demasiad|cuidad|nada|todo|toda|cada|entend|comprend|visto|mirad|busca|encontrad|consulta|revis|comproba|podid|tenid|sid[oa]|estad|dich|explica|pedid|pedimos|indica|comenta|menciona|escrit|leíd|llegad"
        r"|habid|gusta|perdid|equivoca|encanta|abiert|situad|ubicad|interesad|obligad|ocurrid|anota|tomad|ofrec|recomend|dese|agradec|record|ayud|necesit|pregunt|mirar|intentar"
        r"|dir[ée]|será|estar|podr|tendr|haré|querr|deber|habrá|sugeri|pasad|tocad|dejamos|dig[oa]|decimos|explic|mir|busc|enseñ|muestr|comprueb|ofrez|siento|propon|prefer|invitad|sentad|rodead|formad|veré|veremos|hable|hablad|siente|quier|pued|pod[ae]mos|quer[ae]mos|solemos|sab[ae]mos|ten[ae]mos|debemos"
    ),
    claims={
        Claim.BOOKED: (
            r"(?<!solicitud )(?<!petición )\b(?:reservad|confirmad|agendad|apartad|programad|asegurad|garantizad|separad|registrad|amarrad|concertad|fijad)(?:[oa]s?|ísim[oa]s?)\b"
            r"|\b(?:reserv|confirm|agend|apart|program|asegur|concert)(?:é|ó|amos|aron)\b"
            r"|\b(?:se l[ao]s?|l[aeo]s?|te|os) (?:reservo|agendo|aparto|bloqueo|reservamos|confirmo (?:que|su|tu|la|el|para)|confirmamos (?:que|su|tu|la|el|para)|apunto (?:para|el|hoy|mañana|a las)|dejo (?:reserv|agend|list|apunt)\w*)\b"
            r"|\bqued(?:a|ó|an|aron|amos|as|asteis)\b(?: \S+){0,2} (?:list[oa]s?(?! de espera)|hech[oa]s?|para|fij[oa]s?|cerrad[oa]s?|el|a las|en firme|apuntad[oa]s?|anotad[oa]s?)\b"
            r"|\b(?:est[áa]n?|ya tiene|ya tienes) (?:list[oa]s?|hech[oa]s?|asegurad\w+)\b|\b(?:mesa|reserva(?:ción)?|cita|turno) (?:ya )?(?:list[oa]|hech[oa]|en firme|asegurad[oa]|cerrad[oa])\b"
            r"|\b(?:he|hemos) (?:hecho|realizado|completado|creado|registrado|tramitado) (?:su|tu|la|una|vuestra) (?:reserva(?:ción)?|cita)\b"
            r"|\b(?:hice|hicimos|realicé|completé|cerré) (?:su|tu|la|una) (?:reserva(?:ción)?|cita)\b|\btodo (?:est[áa] )?(?:arreglado|cerrado|en orden|confirmado)\b"
            r"|\b(?:te|l[aeo]s?|os) (?:he|hemos|ha) (?:ya )?(?:apuntad|anotad|metid|puest|inscrit|colocad|hech)o\b(?! (?:un|una|tu|su|el|que|como|todo|en|a)\b)"
            r"|\b(?:est[áa]s?|queda|quedó) (?:apuntad|anotad|inscrit)[oa]s?\b(?! en la lista)|\bcuente con (?:su|la) (?:mesa|reserva|cita)|\b(?:es|son) (?:ya )?(?:suy|tuy|vuestr)[oa]s?\b|\bcuent[aee]n? (?:ya )?con (?:ell[oa]|l[ao]s?|tu|su|vuestra|una?)\b|\b(?:su|tu) (?:mesa|cita|lugar|sitio) (?:le |te )?(?:espera|est(?:á|ará) (?:list|esper)\w+)"
            r"|\b(?:estoy|estamos) (?:reservando|agendando|confirmando)\b|\b(?:d[ae]l[oa]s?|d[ae]d?l[oa]) por \w+|\btrato hecho\b|\bno (?:se|te|os) l[ao]s? (?:quita|quitan|va a quitar) nadie\b|\bhecha la reserva\b|\bcosa hecha\b|\b(?:s[íi]|claro|ya),? l[ao]s? (?:tiene[sn]?|ten[eé]is)(?=\W*$)|\b(?:es|son|está|ya es|queda) (?:ya )?(?:firmes?|segur[oa]s?|oficial(?:es)?|definitiv[oa]s?)\b|\b(?:han?|hemos) (?:dicho que sí|dado el (?:sí|ok|visto bueno)|aceptado|aprobado)\b|\b(?:dijo|dijeron) que sí\b|\b(?:exitos[oa]s?|procesad[oa]s?|asignad[oa]s?|efectuad[oa]s?|tramitad[oa]s?)\b|\bcon éxito\b|\b(?:figur(?:as?|áis|an)|sal(?:es|ís|en)|aparec(?:es?|éis|en)) (?:usted(?:es)? |ya )*en (?:el|la|nuestr[oa]) (?:libro|cuaderno|agenda|lista|sistema)\b(?! de espera)|\bexitosamente\b|\bacabo de (?:reserv|confirm|agend|apart|hacer|asegur|registr)\w*|\bya qued(?:ó|a)\b\W*$|\b(?:está|queda)[sn]? (?:usted |ya )?en (?:la|nuestra) lista\b(?! de espera)|\b(?:su|tu) (?:mesa|sitio|lugar) (?:l[aeo]s?|te|os) (?:espera|aguarda|estará)\b|\b(?:anot|apunt)é (?:a las|para|el|su|la)\b|\bten(?:e|é)is (?:ya )?(?:mesa|sitio|plaza)\b(?! (?:libre|disponible))|\btiene[sn]? (?:usted |ya )*(?:su |tu |la )?mesa\b(?! (?:libre|disponible|de))|\bya (?:tiene[sn]?|ten[ée]is) (?:su |tu |la |un |una )?(?:sitio|plaza|lugar|hueco|hora|cita|turno|asiento)\b"
        ),
        Claim.EXISTS: (
            r"\bhay (?:ya )?(?:una|otra) reserva\b|\b(?:tiene[sn]?|tenéis|cuenta[s]? con|figura|consta|aparece|encuentro|encontré|veo) (?:ya |aquí |otra |con nosotros )*(?:una|un|su|tu|otra|esta|la|dos|tres|varias|\d+)? ?(?:reserva(?:s|ción|ciones)?|citas?|turnos?)\b(?! (?:libre|disponible)s?)"
            r"|\b(?:su|tu|sus|tus|vuestra|la) (?:reserva(?:ción)?|cita|turno)(?: [\w-]+){0,3}? (?:es|son|ha sido|fue|quedó|sigue|siguen|está|continúa|se mantiene|permanece|ahora es)\b"
            r"|\b(?:su|tu|vuestr[ao]) (?:mesa|sitio|rincón|hueco|plaza|lugar|asiento) (?:[\w-]+ ){0,3}?(?:es|está|estará|sigue|será|queda|quedó|tiene|va|ha|espera|aguarda|empieza|comienza)\b|\b(?:su|tu|vuestro) nombre (?:ya )?(?:está|figura|consta|aparece|sale|queda|va|en)\b|\bsigue en pie\b"
        ),
        Claim.STANDS: r"\b(?:reserva(?:ción)?|cita|mesa|turno)(?: [\w-]+){0,3}? (?:sigue|continúa|se mantiene|permanece|se conserva)\b|\bsigue (?:en pie|vigente|activ[oa])\b|\b(?:dejad[oa]|dejé)(?: [\w-]+){0,3} (?:en pie|(?:tal )?c[oó]mo (?:estaba|está)|tal cual|intact[oa]|igual)\b",
        Claim.RECEIVED: (
            r"\b(?:hemos |he )?(?:recib(?:ido|ida|imos|í)|tramitad[oa])\b|\b(?:solicitud|petición|pedido)(?: \w+){0,2} (?:recibid|enviad|registrad|en curso|en proceso|en trámite)\w*"
            r"|\ben (?:proceso|trámite|curso)\b|\bpendiente de confirma\w+"
        ),
        Claim.MOVED: (
            r"\b(?:movid|reprogramad|reagendad|trasladad|modificad|aplazad|pospuest|adelantad|retrasad)[oa]s?\b"
            r"|\b(?:l[aeo]s?|te|os|se l[ao]) (?:he|hemos|ha) (?:cambiad|pasad)[oa]s?\b|\b(?:he|hemos) (?:cambiado|pasado) (?:su|tu|la|el|vuestra) (?:reserva|cita|mesa|hora|turno|día|fecha)\b"
            r"|\b(?:reserva|cita|mesa|hora|fecha|todo) (?:ya )?(?:queda |quedó |fue |está |ha sido )?(?:cambiad|pasad)[oa]s?\b|\b(?:queda|quedó|fue|ha sido) (?:cambiad|pasad)[oa]s?\b|^\W*cambiad[oa]\b"
            r"|\b(?:mov(?:í|ió|imos)|cambi(?:é|amos)|se cambió|(?:l[aeo]s?|te|os) pas(?:é|ó|amos)|reprogram(?:é|ó|amos)|reagend(?:é|ó|amos)|traslad(?:é|ó|amos)|modifi(?:qué|có|camos))\b|\bcambio (?:hecho|realizado|aplicado|confirmado)\b"
            r"|\b(?:se l[ao]|l[ae]|te l[ao]) (?:muevo|cambio|paso|movemos|cambiamos|pasamos)\b(?! con)"
        ),
        Claim.CANCELLED: (
            r"\b(?:cancelad|anulad|eliminad|borrad)[oa]s?\b|\b(?:cancel|anul|elimin)(?:é|ó|amos)\b|\bdad[oa] de baja\b|\bdi de baja\b"
            r"|\b(?:se l[ao]|l[aeo]s?|te l[ao]) (?:cancelo|anulo|cancelamos|anulamos)\b|\bqueda sin efecto\b|\bya no tiene (?:ninguna )?(?:reserva(?:ción)?|cita)\b"
        ),
        Claim.WAITLISTED: (
            r"\b(?:apuntad|anotad|inscrit|añadid|agregad|puest|incluid|metid)[oa]s?(?: \S+){0,3} lista de espera\b|\b(?:está[sn]?|queda[sn]?|quedó|entra|figura)(?: \S+){0,3} (?:en|a) (?:la |nuestra )?lista de espera\b"
            r"|\b(?:apunt|anot|añad|agreg|inclu)(?:é|í|o|amos)(?: \S+){0,3} lista de espera\b|\ben (?:la )?lista de espera(?: \S+){0,3} (?:queda|está|figura)[sn]?\b"
        ),
        Claim.UNLISTED: r"\b(?:quitad|borrad|sacad|eliminad|retirad|dad)[oa]s?(?: de baja)?(?: \S+){0,2} (?:de|en) (?:la |nuestra )?lista de espera\b|\b(?:quit|borr|saqu|elimin|retir)(?:é|amos)(?: \S+){0,2} de (?:la |nuestra )?lista de espera\b|\bfuera de (?:la |nuestra )?lista de espera\b|\bya no (?:est(?:á[sn]?|áis)|figura[sn]?|sigue[sn]?|espera[sn]?)(?: \S+){0,2} (?:la |nuestra )?lista de espera\b|\bsal(?:e[sn]?|ís|iste) de (?:la |nuestra )?lista de espera\b",
        Claim.UPDATED: r"\b(?:actualizad|corregid|añadid|agregad)[oa]s?\b|\bactualic[éó]\b|\b(?:añadí|corregí|guardé)\b",
        Claim.HELD: r"\b(?:se l[ao]s?|te l[ao]s?|l[aeo]s?|os l[ao]) (?:guardo|guardamos|mantengo|retengo|aguanto|tengo (?:guardad|bloquead|apartad)[oa])\b|\b(?:guardad|retenid|bloquead)[oa]s?\b|\bguardo (?:la|esta|una|su|tu) (?:mesa|hora|hueco)",
        Claim.DONE: r"^\W*(?:list[oa]|hecho|ya está|todo listo|solucionado|arreglado|perfecto, ?list[oa])\b|\btodo (?:listo|hecho|resuelto)\b|\bya está (?:hecho|todo)\b|\bya estaría(?= ?(?:$|[,.!]))|✅|✔|☑|🎉",
        Claim.AWAITED: (
            r"\b(?:l[aeo]s?|te|os) (?:espero|esperamos|estaré esperando|estaremos esperando|veo|vemos|recibiremos|recibimos|atenderemos|atenderá)\b(?! (?:muy )?pronto)(?! a ver)"
            r"|\bnos vemos\b(?! (?:muy )?pronto)|\bhasta (?:el |este )?(?:lunes|martes|miércoles|jueves|viernes|s[áa]bado|domingo|mañana|esta noche)"
        ),
        Claim.FREE: (
            r"\b(?:hay|tengo|tenemos|queda|quedan|me queda|nos queda|nos quedan) (?:aún |todavía |alguna |algún |una |un |dos |varias |varios |más )*(?:mesas?|sitios?|lugar(?:es)?|huecos?|disponibilidad|espacio|plazas?|horas?|turnos?|citas?|libres?|opciones|ese horario)\b"
            r"|\b(?:est[áa]n?|sigue|siguen) (?:libre|disponible)s?\b|\b(?:libre|disponible)s? (?:a las|el|para)\b|\b(?:le|te|les|os) (?:consigo|conseguimos|conseguir(?:é|emos)|hago (?:un )?hueco|haré (?:un )?(?:hueco|sitio)|haremos (?:un )?(?:hueco|sitio)|hago sitio|encuentro|encontrar(?:é|emos)|busco hueco|puedo ofrecer)\b"
            r"|\balgo (?:(?:le|te|les) (?:consigo|encuentro)|habrá|saldrá|se hará)\b|\b(?:ven|venga|venid|vengan|pásate|pásese|pasaos) (?:igualmente|igual|sin|tranquil\w+|a las|el|hoy|mañana|que)\b|\b(?:tengo|tenemos) (?:a las |las )?\d|\bpuedo ofrecer\w*\b|\b(?:está|estás|estáis|están) de suerte\b|\bse (?:ha|han|acaban? de) (?:liberad[oa]|liberar|quedar libre)\b|\bha(?:y| habido) una (?:cancelación|baja)\b|\babrimos (?:para|solo|especialmente)\b|\b(?:mesa|cita|sitio|hora) (?:libre|disponible)\b"
        ),
        Claim.FULL: (
            r"\b(?:complet[oa]s?|llen[oa]s?|agotad[oa]s?|ocupad[oa]s?)\b|\bno (?:(?:me|nos|le|te) )?(?:hay|queda|quedan|tengo|tenemos)(?: ya| más| ninguna?| alguna?| otr[oa]| de)* (?:mesas?|sitios?|lugar(?:es)?|huecos?|disponibilidad|espacio|plazas?|libres?|citas?|turnos?|horas?|horarios?|disponible|nada(?! (?:reservad|confirmad|apuntad|agendad|a (?:su|tu|vuestro|ese|este|nombre)))|ninguna?(?! (?:reserva|duda|problema|informaci|constancia|\w+ a (?:su|tu|vuestro) nombre)))\b(?! (?:a|con) (?:su|tu|vuestro) nombre)"
            r"|\b(?:ya )?no (?:\w+ )?(?:está|están|se encuentra) (?:disponibles?|libres?)\b|\bno disponibles?\b|\bsin (?:disponibilidad|mesas|sitio|huecos?|lugar)\b|\b(?:se |acaba de |la )*(?:ocupó|ocuparon|ocuparse)\b|\b(?:acaban? de|se (?:me|nos|le|les) (?:ha|han|acaban?)(?: de)?) (?:ir|irse|ido|volar|volado|coger|cogerse|escap\w+)\b|\bya no (?:podemos|puedo) recibir"
        ),
        Claim.CLOSED: r"\b(?:cerramos|(?<!hemos )(?<!he )cerrad[oa]s?|no abrimos|no estamos abiertos|está cerrad\w+|cierra|descansamos)\b(?! (?:con|el trato))",
        Claim.FOLLOW_UP: (
            r"\b(?:le|te|les|os) (?:aviso|avisamos|avisar(?:é|emos)|llamar(?:é|emos|á|án)|llamo|llamamos|escribir(?:é|emos)|contactar(?:é|emos|á|án)|notificar(?:é|emos)|confirmar(?:é|emos|á|án)|confirmo en|informar(?:é|emos)|enviar(?:é|emos|án)|mandar(?:é|emos)|envío|mando|llegará|recordar(?:é|emos))\b"
            r"|\brecibirá[sn]?\b|\b(?:lo|la) (?:estoy|estamos) (?:verificando|comprobando|tramitando|confirmando|revisando)\b|\bse pondrá[n]? en contacto\b|\bestoy (?:verificando|comprobando)\b"
        ),
        Claim.HANDED_OVER: r"\b(?:he|hemos) (?:avisado|pasado|informado|transferido|derivado|trasladado)\b(?: \S+){0,3} (?:a|al) (?:un|una|equipo|encargad|compañer|personal|person)\w*|\b(?:un compañero|una compañera|una persona|alguien|el equipo|nuestro equipo)(?: \S+){0,3} (?:le|te|se|os) (?:atender|llamar|contactar|escribir|pondr|responder)\w*|\b(?:avis|inform)(?:é|amos) (?:a|al)\b|\ble (?:paso|comunico|transfiero) con\b",
        Claim.FAILED: r"\bno (?:se )?(?:la |lo )?(?:ha podido|pudo|han podido|hemos podido|he podido|se ha llegado a|ha llegado a) (?:reservar|hacer|realizar|registrar|completar|guardar|confirmar)\w*|\bno se (?:hizo|realizó|reservó|registró|completó|concretó|guardó)\b|\b(?:falló|ha fallado|fracasó)\b",
        Claim.NOTHING_OWED: r"\bno (?:debe|debes|tiene|tienes|hay|hace falta|necesita|necesitas|queda)(?: que)? (?:hacer|pagar|abonar|confirmar) nada\b|\bno (?:debe|debes) nada\b|\bnada más (?:que|por) (?:hacer|pagar)\b|\bno (?:hace falta|necesita|es necesario) (?:hacer|confirmar|pagar)\w*",
    },
    places={
        "window": r"ventan(?:a|al|ales|as)|cristalera|mirador",
        "terrace": r"terrazas?|azotea|al aire libre",
        "garden": r"jardin(?:es)?|patio",
        "inside": r"interior|salon|comedor|adentro|dentro del local",
        "bar": r"(?:en|de) (?:la )?barra",
        "private": r"salon privado|reservado privado|privad[oa]",
        "balcony": r"balcon",
        "view": r"(?:con )?vistas?(?: al)? (?:mar|playa|rio|parque|plaza|ciudad)|con vistas?",
        "quiet": r"(?:zona|rincon|mesa|sitio|lugar) (?:mas )?tranquil[oa]|rincon",
        "upstairs": r"planta (?:alta|baja)|primer piso|arriba",
        "high_chair": r"trona|silla (?:alta|para bebe)",
        "wheelchair": r"silla de ruedas|movilidad reducida|accesible|rampa",
        "best": r"mejor(?:es)? mesas?|mesa (?:vip|preferente|especial)",
        "fireplace": r"chimenea",
    },
    topics={
        "deposit": r"deposito|(?:la|una|su|tu|ninguna) senal|fianza|anticipo|prepago|prepagar|pago (?:previo|anticipado|adelantado)|abonar|abono|adelanto",
        "fee": r"penalidad(?:es)?|penalizacion(?:es)?|recargos?|cargos?|comision|multa|cobr(?:a|amos|aremos|ara|ar|an|aran)|coste?s?|tarifa",
        "discount": r"descuentos?|promocion(?:es)?|oferta especial|rebaja|cupon|2x1|\d por \d|(?:dos|tres) (?:por|x) (?:uno|dos)|mitad de precio|happy hour",
        "gift": r"gratis|gratuit[oa]s?|cortesia|regal(?:o|amos|aremos)|invita (?:la )?casa|le invit\w+|te invit\w+|obsequi\w+|botella|tarta|postre",
        "parking": r"parking|aparcamiento|aparcar|estacionamiento|estacionar|garaje|aparcacoches|valet",
        "wifi": r"wi-?fi",
        "pets": r"mascotas?|perros?|gatos?",
        "menu": r"menus?|carta|platos?|vegan[oa]s?|vegetarian[oa]s?|gluten|celiac[oa]s?|paella|buffet",
        "music": r"musica|concierto|dj|karaoke|espectaculo",
        "dress": r"etiqueta|codigo de vestimenta|traje",
        "payment": r"tarjetas?|efectivo|bizum|transferencia|factura|pagos?|paypal|qr",
        "insurance": r"seguros?|aseguradora|mutua|cobertura",
        "smoking": r"fumar|fumadores",
        "channel": r"sms|whatsapp|correo|e-?mail|mensaje de texto|mensaje de confirmacion|recordatorios?|notificacion|llamada",
        "refund": r"reembols\w+|dev(?:ol|uel)[uv]\w+",
        "transport": r"taxi|transporte|recogida|uber",
        "promise": r"garantiz\w+|prometo|prometemos|aseguramos que|le aseguro|te aseguro|vip|prioridad|preferente|puntos",
        "medicine": r"ibuprofeno|paracetamol|aspirinas?|amoxicilina|antibiotico\w*|analgesico\w*|antiinflamatorio\w*|medicament\w+|medicina|pastillas?|comprimidos?|enjuag\w+|hielo|reposo|recet\w+|\d+ ?mg",
        "duration_policy": r"(?:cancel|anul)\w+ (?:(?:es|son|sale) )?(?:gratis|gratuit\w+|sin (?:coste|costo|cargo|recargo|penaliz\w+))|hasta \d+ horas antes|con \d+ horas|tolerancia|cortesia de \d+",
        "staff_choice": r"el chef|la chef|la cocina|el dueno",
        "children": r"zona infantil|parque infantil|juegos infantiles|animador",
    },
    person=r"familia|(?:el |la )?senor(?:a|es|ita)?|sra?\.?|srta\.?|don|dona|dra?\.?|doctora?|a nombre de|al nombre de|nombre:|por parte de|reservad[oa] por",
    seats=r"mesas?|sitios?|huecos?|plazas?|rincon|asientos?|reserva|reservacion|cita|turno",
    is_so=r"(?:ya |ahora )?(?:es|son|esta|estan|queda|va|sera|estara|le|les|te|os)",
    asides=r"para \w+[aei]r|l[oa]s? mi[oa]s?|nuestr[oa]|ayud\w+|vamos (?:con|a)|empe[cz]\w+|sigamos|seguimos|continu\w+|respecto|sobre|acerca|en cuanto a|aqui|reservar|datos|detalles|dig\w+|dime|cuent\w+|elig\w+|elij\w+|encargad\w+|pienso|entiendo|ver|mir[oa]\w*|compr[ou]\w+|bus[cq]\w+|(?:cambiar|anular|cancelar|reservar|pedir) o",
    common=frozenset(
        [
            "el",
            "la",
            "los",
            "las",
            "un",
            "una",
            "unos",
            "unas",
            "y",
            "o",
            "u",
            "de",
            "del",
            "al",
            "a",
            "ante",
            "con",
            "sin",
            "para",
            "por",
            "en",
            "sobre",
            "hasta",
            "desde",
            "que",
            "como",
            "cuando",
            "donde",
            "si",
            "no",
            "ni",
            "se",
            "le",
            "les",
            "lo",
            "me",
            "nos",
            "te",
            "os",
            "su",
            "sus",
            "tu",
            "tus",
            "mi",
            "mis",
            "nuestro",
            "nuestra",
            "es",
            "son",
            "esta",
            "estan",
            "este",
            "esta",
            "estos",
            "estas",
            "ese",
            "esa",
            "eso",
            "esos",
            "aqui",
            "hay",
            "ha",
            "he",
            "hemos",
            "han",
            "fue",
            "queda",
            "quedo",
            "ser",
            "estar",
            "tengo",
            "tenemos",
            "tiene",
            "tienes",
            "puede",
            "puedo",
            "podemos",
            "quiere",
            "gracias",
            "hola",
            "buenas",
            "buenos",
            "dias",
            "tardes",
            "noches",
            "favor",
            "listo",
            "lista",
            "perfecto",
            "claro",
            "vale",
            "reserva",
            "reservas",
            "mesa",
            "mesas",
            "cita",
            "hora",
            "horas",
            "dia",
            "dias",
            "personas",
            "persona",
            "nombre",
            "codigo",
            "telefono",
            "confirmado",
            "confirmada",
            "reservado",
            "reservada",
            "reservar",
            "cancelar",
            "cambiar",
            "mover",
            "cancelada",
            "disponible",
            "libre",
            "completo",
            "lugar",
            "sitio",
            "otra",
            "otro",
            "algo",
            "nada",
            "mas",
            "muy",
            "ya",
            "aun",
            "todavia",
            "tambien",
            "pero",
            "espera",
            "le",
            "digame",
            "dime",
            "prefiere",
            "cual",
            "cuantas",
            "cuantos",
            "ayudar",
            "ayuda",
            "puedo",
            "siguiente",
            "manana",
            "noche",
            "tarde",
            "hoy",
            "viernes",
            "sabado",
            "domingo",
            "lunes",
            "martes",
            "miercoles",
            "jueves",
            "esperamos",
            "encantado",
            "encantada",
            "siento",
            "lamento",
            "disculpe",
            "pronto",
            "hasta",
            "anotado",
            "entonces",
            "opciones",
            "direccion",
        ]
    ),
)
