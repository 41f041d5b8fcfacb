"""What the guest wants: phrase tables for each intent, and the order in which they are believed."""

from __future__ import annotations

import re
from enum import StrEnum

from domain.dialogue import DialogueState, Expecting
from domain.understanding import Intent
from infrastructure.local.understanding.cues import cue
from infrastructure.local.understanding.text import Said

CUES: dict[Intent, re.Pattern[str]] = {}
"""What each intent sounds like; whole phrases, both languages."""

CUES[Intent.CANCEL] = cue(
    "cancel(a|e|o|ar|an|en|ad|ado|ada|alo|ala|arla|arlo|arlas|arlos|arme|ame|eme|eis|ala|emos|aria|acion)?", "anul(a|ar|e|o|en|ad|arla|arlo|ala|alo|acion|amela|arme)", "elimin(a|ar|e|en|o|ala|alo|arla|arlo)",
    "borr(a|ar|e|en|o|ala|alo|arla|arlo)", "quit(a|ar|e|en|ala|alo|arla|arlo) (mi|mis|la|las|el|los|esa|ese|esta|este)", "dar de baja", "desconectar", "descartar?", "desahabilitar", "deshabilitar", "suprim(e|ir|a)",
    "no (voy|vamos) a poder (ir|asistir|acudir|llegar)", "no (podre|podremos|puedo|podemos) (ir|asistir|acudir|llegar)", "ya no (quiero|necesito|queremos|necesitamos|vamos|voy|iremos|ire|podemos|puedo)( la| mi| a| ir)*", "me surgio algo", "deshacer (la|mi)", "restablec(e|er|a)", "reinici(a|ar|e)",
    "cancel*", "call off", "delete", "scrap", "nix", "drop", "remove", "get rid of", "forget", "undo", "scratch (my|the|that)", "can(no|'|’)?t (make|attend|come)( it)?( to)?", "won'?t be (able|coming|making)( to (make|come|attend))?( it)?", "(not|never) (going to|gonna) (make|come|be able)( it)?", "unable to (make|come|attend)",
    "no longer (want|need|coming|require|able)", "don'?t (need|want) (my|the|that|our) (reservation|booking|appointment|table)( anymore)?", "call it off", "void",
)  # fmt: skip
CUES[Intent.RESCHEDULE] = cue(
    "cambi(a|ar|e|en|o|ad|arla|arlo|ala|alo|amela|ame|arme|amos|aria|emos|ale|arle|armela|arlas)", "mov(er|erla|erlo|emos)", "muev(e|a|en|ela|elo|eme|emela|eme)", "pas(arla|arlo|ala|alo|amela|amelo)", "pas(ar|a|ame|arme)(?= (mi|mis|la|las|el|los|nuestra|a|al|para|de|del)(?!\\w))", "reprogram*", "reagend*", "modific*",
    "aplaz*", "pospon*", "posterg*", "adelant(ar|a|arla|arlo|ala|alo|amos|e|ame)", "atras(ar|a|arla|arlo|e|ala)", "retras(ar|a|arla|arlo|e)", "edit(ar|a)", "actualizar (mi|la)", "correr (mi|la)", "traslad*", "agregar \\w+ (\\w+ )?a (la|mi) (reserva|cita)",
    "chang(e|ing)", "move", "moving", "reschedul*", "re-schedul*", "push( back)?", "postpone", "bring forward", "amend", "modif*", "alter", "edit", "update", "switch", "upgrade", "swap", "shift", "adjust", "extend", "add (\\w+ )?(another|one more|more|extra|a|two|three|four|[0-9]+)( more| extra)?( other)? ?(person|people|guest|guests|adult|adults|kid|kids|child)?",
    "(one|two|three|[0-9]+) (person|people) (less|more|fewer)", "running late", "be (\\w+ ){0,2}late", "llegar(e|emos) (\\w+ ){0,3}(tarde|minutos|mas tarde)",
)  # fmt: skip
CUES[Intent.CHECK_BOOKING] = cue(
    "(tengo|tenemos|tenia|teniamos)(?! que) (\\w+ ){0,2}(reserva|cita|turno|mesa|reservas|citas|turnos)( \\w+)?", "(ver|consultar|revisar|comprobar|verificar|confirmar|chequear|mirar|saber|recordar|mostrar|mostar) (\\w+ ){0,3}(reserva|reservas|cita|citas|turno|turnos)",
    "consultar", "(a que hora|cuando|que dia|donde) (\\w+ ){0,3}(mi|nuestra|mis|la) (\\w+ ){0,2}(reserva|cita|turno|mesa|citas)", "(esta|sigue|quedo|queda) (\\w+ )?(confirmad[oa]|hecha|en pie|reservad[oa]|registrad[oa])", "(mi|la|nuestra) (reserva|cita) (esta|sigue|quedo)",
    "(muestra|muestre|mostrar|dime|lee|ensena|recita|ver|dame|recuerda|recuerde|di|busca|encuentra|localiza|confirma|confirme|consulta|consulte)(me|nos)? (\\w+ ){0,4}(reserva|reservas|cita|citas|turno|turnos)", "(?<!tengo\\s)(?<!tenemos\\s)(que|cual|cuales|cuantas|cuantos|alguna|algun) (\\w+ ){0,3}(reserva|reservas|cita|citas|turno|turnos)(?! (tienen|teneis|tienes|hay|quedan)(?! (\\w+ )?a (mi|nuestro) nombre))( \\w+)*",
    "(mis|mi) (proxim[oa]s?|ultim[oa]s?|siguiente) (cita|citas|reserva|reservas|turno|turnos)", "(hice|hicimos|realice|tenia|habia hecho) (una|la|mi) (reserva|cita)", "codigo de (mi|la) reserva",
    "check (on |up on |if |whether |about |my |the |our )+(\\w+ ){0,4}(reservation|booking|appointment|table|booked)", "(confirm|verify|validate|double ?check|find|look up|see|view|show( me)?|pull up|locate|retrieve) (\\w+ ){0,3}(my|the|our|a|i|we|that) (\\w+'?s? ){0,3}(reservation|reservations|booking|bookings|appointment|appointments|table)",
    "(do|did) (i|we) (\\w+ ){0,2}(have|make|get|book) (\\w+ ){0,3}(reservation|reservations|booking|bookings|appointment|appointments|table|booked)", "(is|are|was|were) (\\w+ ){0,2}(my|our|the) (\\w+ ){0,6}(reservation|reservations|booking|appointment|table)( \\w+)* (confirmed|booked|valid|set|still|ok|in place|under|for)",
    "(what|when|which) (time |day |date )?(is|was|are) (my|our|the) (\\w+ )?(reservation|booking|appointment|bookings|reservations|appointments)", "(have|has) (my|our|the) (\\w+ )?(reservation|booking|appointment) (been|gone)", "(i|we|i've|we've) (already )?(have|had|got) (a|an|the|my|our)( [\\w:.']+){0,5} (reservation|booking|appointment)", "status of (my|our|the) (\\w+ )?(reservation|booking|appointment)",
    "(i|we|i've|we've) (already )?(have|had|got|made|have made|booked|have booked|placed|reserved) (\\w+ ){0,4}(reservation|booking|appointment|table|reservations)( \\w+)*", "booking details", "reservation details", "my (bookings|reservations|appointments)", "is there (a|any) (\\w+ )?(reservation|booking|appointment)", "are there (\\w+ )?(reservations?|bookings?) for",
    "(room|table) booking", "booking is for", "^(mis |los |las )?(turnos|citas|reservas)( de| para| del)?( hoy| manana| \\w+)?\\W*$", "ir a (los|las|mis) (turnos|citas|reservas)", "confirming (my|the|our)( \\w+){0,3} (reservation|booking|appointment)", "(table|room) is (booked|reserved)", "(ive|i've|i have|we have|weve) (booked|reserved)", "make sure( \\w+){0,6} (reservation|booking|appointment)( \\w+)*",
    "(what|which|how many|any) (\\w+ ){0,2}(reservations?|bookings?|appointments?|tables?)( \\w+){0,3} (do|did|have|has|had) (i|we)( \\w+)*", "(what|anything|something) (do|did|have|had) (i|we) (\\w+ )?(booked|reserved|got|have booked|have reserved)( \\w+)*", "(what|anything|something|all) (i've|i have|we've|we have|i|we) (already |got )?(booked|reserved)( \\w+)*", "(do|did|have|had) (i|we) (\\w+ ){0,3}(anything|something|booked|reserved)( \\w+){0,4} (booked|reserved|with you|coming up|under my name|in my name)", "(list|show|tell|give|remind|see)( me)?( of| about)?( all)? (my|our) (\\w+ )?(reservations?|bookings?|appointments?)", "remind me (when|what time|about|of)( \\w+){0,3} (my|our) (\\w+ )?(reservation|booking|appointment|table)", "(anything|something|a table|a booking|a reservation) (\\w+ )?(under|in|for) my name",
    "(que|cual|cuales|algo|lo que) (tengo|tenemos|tenia|habia|hay)( \\w+)? (reservad[oa]s?|agendad[oa]s?|apuntad[oa]s?|cogid[oa]s?)( \\w+)*", "(tengo|tenemos|hay) (algo|alguna|nada)( \\w+){0,2} (reservad[oa]|agendad[oa]|apuntad[oa]|a mi nombre|a nombre de( \\w+){1,3})", "(dime|dame|ensename|muestrame|lista|ver) (todas )?(mis|nuestras) (reservas|citas|turnos)", "(recuerdame|recuerdeme|recordadme|me recuerdas?|me recordais|puedes recordarme) (\\w+ ){0,5}(reserva|cita|turno|mesa)",
    "(mant(en|ener|enga|engan|ened)|conserv(a|ar|e|en|ad)|respet(a|ar|e|en|ad)|guard(a|ar|e|en|ad))(me|nos|la|lo)? (mi|la|nuestra) (reserva|cita|mesa)", "(keep|hold|save|honou?r) (my|our|the) (reservation|booking|table|appointment)",
)  # fmt: skip
OWN_BOOKINGS = cue(
    "(mis|nuestr[oa]s) (\\w+ )?(reservas|reservaciones|citas|turnos)", "(que|cuales|cuantas|cuantos) (\\w+ ){0,2}(reservas?|reservaciones|citas?|turnos?|mesas?) (\\w+ ){0,2}(tengo|tenemos)", "(tengo|tenemos) (ya |yo )?(alguna|algun) (\\w+ )?(reserva|reservacion|cita|turno|mesa reservada)", "(tengo|tenemos) (ya |yo )?((una?|otra) )?(reserva|reservacion|cita|turno)(?=[^.,!]*\\?)",
    "(a que hora|(para )?cuando|(para )?que dia|donde) (\\w+ ){0,2}(mi|nuestra) (\\w+ )?(reserva|reservacion|cita|turno|mesa)", "(a que hora|(para )?cuando|(para )?que dia) (tengo|tenemos|tenia|teniamos|era|es) (yo )?((la|el|una?) )?(reserva|reservacion|cita|turno|mesa)", "(que|algo de lo que|cosas) (\\w+ )?(tengo|tenemos) (\\w+ )?(reservad|agendad|apuntad)[oa]s?", "(tengo|tenemos) (\\w+ )?algo (\\w+ )?((reservad|agendad|apuntad)[oa]|a mi nombre)",
    "(what|which|how many|any) (\\w+ ){0,2}(reservations?|bookings?|appointments?|tables) (do (i|we) have|have (i|we)|(i|we) have)", "(do|did) (i|we) (\\w+ )?(have|got|make) (\\w+ )?(a|an|any|another|some) (\\w+ )?(reservations?|bookings?|appointments?)", "have (i|we) (got )?(\\w+ )?(a|an|any|another|some) (\\w+ )?(reservations?|bookings?|appointments?)",
    "do (i|we) (\\w+ )?have (\\w+ )?(anything|something) (\\w+ )?(booked|reserved)", "have (i|we) (\\w+ )?(booked|reserved) (anything|something)", "have (i|we) (got )?(anything|something) (\\w+ )?(booked|reserved)", "what (do|have) (i|we) (\\w+ ){0,2}(booked|reserved)", "(my|our) (\\w+ )?(bookings|reservations|appointments)",
    "(when|what time|what day|which day) (\\w+ )?(is|was|are|'s) (my|our) (\\w+ )?(reservation|booking|appointment|table)", "(when|what time|what day|which day) (do|did) (i|we) have (my|our|the|a|an) (reservation|booking|appointment|table)",
    "(is|are|was|were) (my|our) (\\w+ )?(reservation|booking|appointment|table)s? (\\w+ )?(confirmed|booked|reserved|set|ok|okay|fine|done)", "(is|are) (it|that|this|we|everything) (\\w+ ){0,2}(booked|reserved|confirmed)(?=[^.,!]*\\?)", "(esta|queda|quedo|sigue) (\\w+ )?(reservad|confirmad)[oa](?=[^.,!]*\\?)",
)  # fmt: skip
"""Asking what one has booked, whatever else is being talked of; the looser phrases of
`CHECK_BOOKING` can also be said of what is being put together ("confirm my booking")."""
CUES[Intent.BOOK] = cue(
    "reserv(ar|arme|arnos|arte|ame|anos|ame|e|en|o|arla|arlo|emos|aria|ad)", "reserva (una|la|para|mesa|otra|un|me|el|esa|ese)", "(quiero|quisiera|queria|queremos|necesito|necesitamos|deseo|me gustaria|nos gustaria|podria|puedo|podemos|puede|podeis|para|hacer|haceme|hagame|pedir|pido|sacar|solicitar|dame|deme|quiero pedir|busco|tener|conseguir|tomar|coger|programar|agendar|afendar|apartar|otra|nueva)( \\w+){0,3} (mesa|cita|turno|hora|reserva|reservacion|visita|consulta|acita|turnos|mesas)",
    "agend(ar|a|ame|e|arme|emos|arla)", "afendar", "apart(ar|a|ame|arme|e) (\\w+ )?(mesa|cita|hora|lugar)?", "separar (\\w+ )?(mesa|cita|turno|cupo)", "mesa (para|de)", "una mesa", "otra mesa", "una cita", "otra cita", "un turno", "cita (medica|odontologica|para|con|de)", "cita", "(hay|tienen|teneis|tendrian|habria|queda|quedan|tendran|tienes|tendrias) (\\w+ ){0,3}(mesa|mesas|sitio|hueco|huecos|disponibilidad|disponible|disponibles|libre|libres|lugar|espacio|cupo|cupos|hora|horas|turno|turnos|cita|citas)", "(que|cuales|cuantas|cuantos) (\\w+ )?(mesas?|huecos?|horas?|turnos?|citas?) (\\w+ )?(tienen|teneis|tienes|quedan|hay)( \\w+)?", "disponibilidad", "(queremos|quiero|quisiera|quisieramos|vamos a|me gustaria|nos gustaria|para) (ir a )?(cenar|comer|almorzar|desayunar)", "quiero (ver|ir) (al|a la) (dentista|medico|doctor|doctora|odontologo)", "(ir|voy) al (dentista|medico|doctor|odontologo)",
    "book*", "reserv(e|ing|es)", "(make|makes|making|get|need|want|like|have|find|set up|set|schedule|arrange|request|place|do|secure|grab|take)( \\w+'?s?){0,5} (reservation|reservations|booking|appointment|appointments|appt|table|tables)", "(a|another|new|an) (reservation|booking|appointment|appt)", "(reservation|reservations|appointment|booking) (for|at|on|with|in)",
    "tables? (for|at|near|by|in|on|that|set|to|outside|inside)", "a table", "schedule", "scheduling", "(see|visit|go to|consult|find|need|call)( \\w+){0,3} (doctor|dentist|gp|physician|therapist|stylist|salon|dermatologist|gynecologist|ophthalmologist|psychologist|psychiatrist)", "(any|have|is there|are there|got|check)( \\w+){0,3} (availability|available|tables?|space|room|openings?|opening|slots?|spots?|time)", "(fit|seat|squeeze|accommodate) (us|me|in|\\w+ of us|\\w+ people|\\w+)( in)?", "(would like|want|wanna|like|lets|let's|going|hoping|plan|planning) (\\w+ )?(to )?(eat|dine|have (dinner|lunch|breakfast|brunch))", "(anything|something|algo|nada) (free|available|open|libre|disponible)", "table for", "party of", "seats? for", "spot for",
)  # fmt: skip
CUES[Intent.HANDOFF] = cue(
    "(hablar|comunicar*|contactar|hable|comuniqueme|comunicame|pasame|paseme|ponme|pongame|transfier*|transferir*|conect*|llamar)( \\w+){0,3} (persona|humano|humana|agente|alguien|encargad[oa]|gerente|responsable|operador[a]?|asesor[a]?|recepcion|recepcionista|duen[oa]|jefe|staff|el local|el restaurante|la clinica|la doctora|el doctor|supervisor)( \\w+)?", "persona (real|de verdad|humana)", "un humano", "un agente", "(?<!para\\s)(?<!mesa\\sde\\s)una persona(?! (es|con|en|que|mas|sola|celiac*|alergic*|intolerante|vegetarian*|vegan*))", "atencion (humana|al cliente)", "alguien real", "quiero (un|una) (persona|humano|agente)", "con el encargado",
    "(speak|talk|chat|connect|transfer|put|pass|direct|escalate|forward|redirect)( \\w+){0,5} (human|person|agent|someone|somebody|representative|rep|operator|manager|staff|reception|receptionist|host|worker|advisor|adviser|team|people|assistant|supervisor|employee|owner|colleague|service|gym|spa)( \\w+)?", "(get|give|want|need|reach|call|contact|send)( me)?( \\w+){0,2} (human|agent|representative|operator|manager|real person|receptionist|supervisor)( \\w+)?", "(transfer|connect|forward) me", "(real|actual|live) (person|human|agent)", "customer (service|support|care)", "human( being)?( please)?", "(want|like|wish|need|let me|can i|could i|may i) (to )?(speak|talk) (directly )?(to|with)(?! you)", "put me through", "talk to (the|your|a)", "(team|reception|agent|operator|manager|desk|representative)( please)?",
)  # fmt: skip
CUES[Intent.BOT_IDENTITY] = cue(
    "(eres|es|sos|seras) (\\w+ ){0,3}(robot|bot|humano|humana|maquina|persona|ia|inteligencia artificial|real|una ia)", "(como te llamas|quien eres|como se llama usted|cual es tu nombre|que eres|quien es usted|con quien (hablo|estoy hablando))", "(hablo|hablando|chateando) con (\\w+ )?(robot|bot|persona|maquina|humano)",
    "(are|r|is|am) (you|u|this|i) (\\w+ ){0,8}(robot|bot|human|machine|person|computer|ai|real|a\\.i\\.|artificial|automated|chatbot|alive)( \\w+)*", "(who|what) (are|r) (you|u)", "(what's|what is|whats) your name", "(you|yourself)( \\w+){0,8} (robot|bot|human|machine|computer|ai|artificial|real person)( \\w+)*", "(human|person|computer|robot|bot|ai|machine) or( \\w+){0,3} (human|person|computer|robot|bot|ai|machine|real)",
    "could you be( \\w+){0,3} (human|person|robot)", "(speaking|talking|chatting) (to|with) (\\w+ ){0,3}(robot|bot|human|machine|person|computer|ai)",
)  # fmt: skip
CUES[Intent.WAITLIST] = cue(
    "lista de espera", "(avis(a|ame|eme|enme|adme|enos|anos|ar)|avisar(me|nos)?|notif\\w+)( \\w+){0,3} (si|cuando) (se )?(libera|hay|queda|cancela|cancelan|sale|surge|abre)( \\w+)?", "si (se libera|alguien cancela|cancelan|queda libre)( \\w+)*", "wait ?-?(ing )?list*", "let me know if (\\w+ ){0,3}(opens|cancels|frees|becomes|comes)( \\w+)*", "(notify|text|call|tell) me (if|when) (\\w+ ){0,3}(opens|cancels|frees|available|becomes)( \\w+)*", "if (something|a table|anything|one) (opens|frees|becomes)( \\w+)*",
)  # fmt: skip
CUES[Intent.HELP] = cue(
    "que (puedes|puede|sabes|podes|podeis) hacer( por mi)?", "que puedo (hacer|pedir|preguntar)( aqui)?", "(en que|como) (puedes|puede|me puedes|me puede) ayudar(me)?", "para que sirves", "ayuda(me)?", "que (opciones|funciones) (hay|tienes|tengo)", "como funciona(s)?( esto)?", "cual es tu funcion",
    "what (can|could|do) (you|u) (do|help|offer|answer)( \\w+)*", "what (else )?(can|could|may|should) i (ask|do|say)( \\w+)*", "what (are|r) (you|u) (capable|able)( \\w+)*", "what (are )?(your|the) (capabilities|functions|features|abilities|subjects|topics)( \\w+)*", "(what|which) (kind|kinds|type|types|sort|sorts|categories|topics|things|subjects|questions)( \\w+){0,4} (you|ask|help|answer|like)( \\w+)*",
    "how (can|do) (you|u) help( me)?", "how (does|do) (this|you|it) work", "^help( me)?$", "(can|could) you help( me)?$", "i need (some |your )?help$", "(can|could) (you|i) (answer|ask)( \\w+){0,4} questions?( \\w+)*", "(things|what) (you|i) can (do|help|ask)( \\w+)*", "what (would|could) you( \\w+){0,3} do( \\w+)*", "what to ask( you)?", "(tell me|know)( \\w+){0,3} (what|which)( \\w+){0,5} (help|subjects|topics|do)( \\w+){0,4}", "(ask|answer)( \\w+){0,2} (all|any|different|types|kinds)( \\w+){0,4} questions",
)  # fmt: skip
CUES[Intent.REPEAT] = cue(
    "rep(ite|ita|iteme|etir|itelo|itemelo|iteme|eti)( \\w+){0,4}", "(puedes|puede|podrias|podria) (repetir|repetirlo|decirlo|decirmelo)( \\w+){0,3}", "(?<!hola\\s)(?<!buenas\\s)(otra vez|de nuevo)(?=\\W*(por favor)?\\W*$)", "no (te|le|os)? ?(he )?(entendi|entiendo|entendido|escuche|oi)( \\w+){0,3}", "como (dices|dice|dijiste|dijo)", "que (dijiste|has dicho|dices|dijo)", "^como\\?*$", "^que\\?+$", "^perdon\\?$", "^mande\\?*$",
    "repeat(ed|ing|s)?", "ask me again", "say (that|it|this) (\\w+ )?(again|once more|one more time)", "(?<!hi\\s)(?<!hello\\s)(?<!hey\\s)(again|one more time|once more)(?=\\W*(please)?\\W*$)", "come again", "(what|sorry what|pardon what) (did|was) (you|that|it)( \\w+){0,3}( (say|said|ask|question|again))?$", "what (question )?(did|have) you (just )?(say|said|ask|asked)( \\w+)*", "(didn'?t|did not|don'?t|couldn'?t|can'?t) (\\w+ )?(get|catch|hear|understand|follow|quite)( \\w+){0,4}$", "pardon( me)?\\??$", "tell me (that )?(again|one more time)", "what was (that|the|your)( \\w+){0,3}( again)?$", "^what\\?+$", "^sorry\\?+$", "^excuse me\\?+$", "restate", "rephrase",
)  # fmt: skip
CUES[Intent.SYMPTOM] = cue(
    "(me|le) (duele|duelen|dolio|molesta|molestan|sangra|sangran|pica|arde)( \\w+)*", "(tengo|tiene|siento|con) (\\w+ ){0,2}(dolor|fiebre|caries|infeccion|flemon|sangrado|tos|alergia en|molestias?|sensibilidad|hinchad[oa]|inflamad[oa]|inflamacion|gripe|mareos?|vomitos|muela)( \\w+)*", "(estoy|esta|me siento|se siente) (enferm[oa]|mal|resfriad[oa]|con dolor|maread[oa]|fatal)", "se me (rompio|ha roto|cayo|ha caido|salio|partio|hincho|ha partido|ha salido)( \\w+)*", "dolor de (muelas?|dientes?|cabeza|espalda|estomago|barriga|oido|garganta)",
    "(my|his|her) (\\w+ ){0,3}(hurts?|aches?|is (bleeding|swollen|broken|sore|sensitive|killing me)|are (bleeding|swollen|sore|sensitive))", "toothache", "(i have|i've got|i got|having|have got|suffering from|have) (a |an |some )?(\\w+ ){0,2}(pain|ache|fever|toothache|headache|infection|cough|cavity|swelling|bleeding|rash|sore)( \\w+)*", "(i'm|i am|feeling|feel) (sick|ill|unwell|in pain|dizzy|nauseous)", "in (a lot of )?pain", "(broke|broken|chipped|cracked|lost) (my|a) (tooth|filling|crown)",
)  # fmt: skip
CUES[Intent.GREET] = cue(
    "hola*( otra vez| de nuevo)?", "holi*", "buenas( tardes| noches)?( otra vez| de nuevo)?", "buen[oa]s dias", "buen dia", "que tal", "saludos", "hello*", "hi+", "hey+", "heyo", "hiya", "howdy", "yo", "good (morning|afternoon|evening|day)", "greetings", "sup", "wass?up", "are you (ok|okay|well|alright)", "what'?s up", "aloha", "alo", "hola hola",
    "how('s| is| are|'re|'ve| have| has|s)? (it|you|u|ya|things|everything|your|the ai|life|been|the day|are)( (going|doing|been|feeling|today|day|are|is|ya|treating|ai|my|friend|u|you|now|there|so|far|been|all|ok|okay|well))*", "how do you do", "(good|nice|great) to (see|meet|hear|talk)( \\w+)*", "how (you|ya) (are|doing|been)( \\w+)*", "is everything (ok|okay|alright|well|good)( today)?", "how've you been", "hows (it|are|everything)( \\w+)*", "will you tell me how( \\w+)* doing",
)  # fmt: skip
CUES[Intent.THANKS] = cue(
    "(muchas|mil|muchisimas)? ?gracias*( \\w+){0,4}", "graci", "grax", "mil gracias", "te (lo )?agradezco( \\w+)*", "le agradezco", "(muy )?amable", "se agradece", "agradecid[oa]", "thank*( you| u)?( \\w+){0,6}", "thx", "tks", "ty", "cheers", "much appreciated", "(i |really |very |much |greatly )*appreciate*( \\w+){0,6}", "(i'?m |i am |very |so |im )*grateful( \\w+)*", "i owe you( one)?", "(that|you) (was|were|are|is|'s|'re)( \\w+){0,3} (helpful|help|kind|awesome|great help|the best|a star|life saver)", "sincere gratitude", "gratitude", "that you so much", "very helpful", "(great|good) (job|work)", "you rock", "ta", "bless you", "thanx",
)  # fmt: skip
CUES[Intent.GOODBYE] = cue(
    "adios*", "hasta (luego|pronto|manana|la vista|entonces|la proxima)", "chao*", "chau*", "nos vemos( \\w+){0,3}", "me (voy|despido|marcho)", "que (tengas|tenga|tengan) (un )?buen (dia|tarde)*", "bye*", "good ?bye*", "see (you|ya|u)( \\w+)*", "farewell", "(have|enjoy) (a|your|the) (\\w+ )?(day|night|one|evening|weekend|afternoon)", "^laters?(?=\\W*$)", "take care", "ciao", "adios", "so long", "(talk|speak|catch|see) (to )?(you|ya) (later|soon)", "(gotta|got to|have to|need to|must|should) (go|run|leave|hit the road|stop)( now)?(?! to| on| for| at| with| in)", "cya", "ttyl", "until next time", "good ?night", "i'?m (done|off|leaving|out)( \\w+){0,2}$", "this call is over", "(that'?s|that is|that will be|that'?ll be|thats) (all|it|everything)( \\w+){0,4}", "(eso|esto) (es|seria) todo", "eso es todo", "nada mas(?! (tarde|temprano|pronto))", "signing off", "nothing (more|else)( \\w+)*", "(bye|peace out|toodles|adieu)", "(was|been)( \\w+){0,2} (nice|great|good|lovely|pleasure|fun|chat)( \\w+){0,5}", "(nice|good|great|lovely|pleasure) (chatting|talking|speaking|seeing|chat|talk)( \\w+){0,3}", "it'?s been( \\w+){0,3} (pleasure|nice|great|pleaure|fun)( \\w+)*", "we should stop( \\w+)*",
)  # fmt: skip
CUES[Intent.SMALLTALK] = cue(
    "(y )?(como|que tal) (estas|esta|estan|te va|va todo|va|andas|te encuentras|te sientes|te ha ido)( \\w+){0,2}", "(muy )?(bien|genial|mal|regular)( gracias)? ?,? ?(y|e) (tu|vos|usted|a ti|vos)", "(muy )?bien,? (muchas )?gracias", "y (tu|vos|usted|a ti)", "que (haces|hiciste|cuentas|mas|hay|onda)", "ja(ja)+a*j*", "jaj*a*", "je(je)+", "ja(j|a)+", "cuentame (un|algo)( \\w+)*", "un chiste", "te (quiero|amo)", "me (caes|gustas)( \\w+)*", "eres (genial|lo maximo|un amor|muy amable|tont[oa])", "no tienes sentimientos( \\w+)*", "feliz( \\w+)*", "(fine|good|great|well|not bad),? (thanks,? |thank you,? )?(and|how about|what about) (you|u|yourself)", "how old are you", "tell me a joke", "a joke", "i love you", "(ha)+h*", "lol", "you'?re (funny|cute|nice)", "do you (like|love|have (friends|feelings|a family|hobbies))( \\w+)*", "where are you from", "que (tiempo|edad)( \\w+)*",
)  # fmt: skip

ABUSE = cue(
    "idiota*", "imbecil*", "estupid[oa]s?", "gilipollas", "mierda", "put[oa]s?( madre)?", "hij[oa] de put[oa]", "hdp", "cabron*", "pendej[oa]s?", "inutil(es)?", "tont[oa] del culo", "subnormal*", "maldit[oa]s?", "vete a la (mierda|chingada|porra)", "jodete", "joder", "cono", "coño", "chinga*", "malparid[oa]", "gonorrea", "boludo", "pelotud[oa]", "conchetumadre", "asco de", "basura",
    "fuck*", "shit*", "idiot*", "stupid", "moron*", "asshole*", "bastard*", "bitch*", "dumb(ass)?", "useless", "crap", "piece of (shit|crap|garbage)", "go to hell", "suck(s|ing)?", "wtf", "retard*", "screw you", "worthless", "pathetic",
)  # fmt: skip

OFF_TOPIC = cue(
    "alarma*", "despertador", "recuerdame*", "recordatorio*", "recordarme (?!mi|la)", "temporizador*", "cronometro", "clima", "que tiempo (hace|hara|va a|hay)", "temperatura", "pronostico*", "llover*", "llueve", "llueva", "lluvia", "nieve", "nevar*", "soleado", "grados", "paraguas", "abrigo", "chaqueta", "protector solar", "sombrero", "calor", "frio", "cancion*", "musica de", "pon (la )?(musica|radio|cancion)", "spotify", "pandora", "lista de reproduccion", "album", "artista", "llamada*", "llama a", "llamalo", "videollamada", "videollama", "mensaje de texto", "(envia|enviar|envie|manda|mandar|mandale|leer|lee|responde|responder|envias|enviarias) (\\w+ ){0,3}(mensaje|mensajes|texto|whatsapp|correo|foto|sms)", "mensajes", "facebook", "whatsapp para", "ventos[oa]", "viento", "nublado", "tormenta*", "huracan", "humedad", "inundacion*", "meteorolog*", "prevision", "bufanda", "guantes", "pantalones", "sandalias", "nadar", "marcar? (al|el)", "cuelga", "colgar", "contesta(r)? (la|el)?", "responder nueva", "silencia*", "messenger", "skype", "reproduc*", "escuchar", "emisora*", "sintoniza*", "iheartradio", "exitos", "volumen", "hornear", "hervir", "calorias", "festival*", "boletos", "dile a", "diles? a", "preguntale a", "noticias", "titulares", "articulo", "(que|hay|algun|busca|proximos) eventos?", "concierto*", "fiesta de", "receta*", "ingrediente*", "cocinar", "trafico", "vuelo*", "hotel*", "taxi", "bolsa", "acciones", "futbol", "partido", "presidente", "eclipse", "cuanto es \\d", "capital de", "ajedrez", "chiste de",
    "alarm*", "remind*", "reminder*", "timer*", "weather", "forecast", "temperature", "rain*", "snow*", "umbrella", "song*", "playlist", "spotify", "play (some|the|a|me|music)", "news", "headlines", "flight*", "airline*", "airport", "luggage", "hotel rooms?(?! (booking))", "rental", "rent a", "car insurance", "oil change", "tire", "tires", "gas", "mpg", "mortgage", "credit score", "credit limit", "interest rate", "apr", "bank*", "savings", "checking account", "account", "balance", "transfer money", "bill", "bills", "paycheck", "payday", "pto", "vacation days?", "time off", "401k", "w2", "taxes", "tax", "income", "insurance (plan|policy)", "visa requirements", "passport", "vaccine*", "shots", "exchange rate", "dollars", "translate", "spell", "definition", "synonym", "roll (a|the) dic?e", "flip a coin", "calendar", "meeting", "todo list", "to-do list", "to do list", "shopping list", "recipe", "recipes", "ingredients?", "calories", "nutrition", "cook", "substitute", "traffic", "directions to", "distance", "how far", "uber", "lyft", "my phone", "find my", "text", "whisper mode", "volume", "smart home", "lights?", "thermostat", "vacuum", "order (me )?(a |some )?(pizza|food)", "package", "order status", "bitcoin", "stock*", "jump start", "time zone", "timezone", "who (is|was) (the )?(president|\\w+ \\w+)$", "meaning of life", "capital of", "square root", "plus", "fun fact", "trivia", "horoscope", "lottery",
)  # fmt: skip

_YES = (
    "si+",
    "sip*",
    "sep",
    "seh+",
    "sii*p*",
    "sisas",
    "simon",
    "aja",
    "aha",
    "ajam",
    "claro( que si| si)?",
    "por supuesto",
    "desde luego",
    "vale+",
    "dale+",
    "ok+(ey|ay|is|i)?",
    "oki(s|doki)?",
    "okas",
    "va+le",
    "va",
    "venga",
    "de acuerdo",
    "perfect[oa]*",
    "genial",
    "estupend[oa]",
    "fantastico",
    "excelente",
    "super",
    "bueno",
    "correct[oa]",
    "exact[oa](mente)?",
    "eso( es| mismo)?",
    "asi es",
    "tal cual",
    "confirm(o|ad[oa]|a|alo|ala|amos|ar|emos|e)( (la|el|mi)? ?(reserva|cita))?",
    "adelante",
    "hecho",
    "list[oa]",
    "me (parece|va|viene|queda|sirve|encaja|cuadra|conviene|gusta)( (muy |super )?(bien|perfecto|genial|estupendo))?",
    "nos (parece|va|viene|sirve)( (muy )?(bien|perfecto))?",
    "(esta|todo|muy|va|suena|queda) (muy )?(bien|correcto|perfecto|ok)",
    "afirmativo",
    "cierto",
    "obvio",
    "de una",
    "hagale",
    "procede*",
    "resuelto",
    "te digo que si",
    "que si",
    "quiero (esa|ese|si)",
    "esa( misma)?",
    "ese( mismo)?",
    "esa (esta|va) bien",
    "me la quedo",
    "la quiero",
    "me lo quedo",
    "acepto",
    "aceptado",
    "encantad[oa]",
    "reserv(a|e|ala|alo|ela|elo)",
    "agendala",
    "hazlo",
    "hagalo",
    "cojonudo",
    "guay",
    "mola",
    "chevere",
    "bacano",
    "bien",
    "ahora si( que si)?",
    "asi esta bien",
    "no mentiras esta bien",
    "seguro",
    "efectivamente",
    "en efecto",
    "positivo",
    "okey makey",
    "sale",
    "orale",
    "arre",
    "jalo",
    "ya(?= esta bien)",
    "yes+",
    "yess+",
    "yea+h*",
    "yep+",
    "yup+",
    "ya(?=\\W*$)",
    "yah",
    "ye",
    "yas+",
    "sure( thing)?",
    "surely",
    "of course",
    "okay+",
    "alright",
    "all right",
    "right",
    "correct",
    "exactly( it)?",
    "absolutely",
    "definitely",
    "certainly",
    "indeed",
    "perfect+(ly)?",
    "great",
    "excellent",
    "wonderful",
    "awesome",
    "brilliant",
    "fantastic",
    "lovely",
    "cool",
    "nice",
    "good",
    "fine",
    "sounds? (good|great|perfect|fine|right|lovely|wonderful|nice|awesome|excellent|like a plan|about right|ok|okay|perfect to me)",
    "go (ahead|for it|on)",
    "please do",
    "do (it|so|that)",
    "book it",
    "proceed",
    "confirm(ed)?( it)?",
    "accepted",
    "agreed",
    "i agree",
    "i accept",
    "i do",
    "it (is|does|sure is|sure does|works)",
    "(that|this|it|which|those|these|all|they|everything)('s| is| are| works?| would| will| sounds?| looks?| seems?|s)? ?(be |all |fully |absolutely |perfectly |exactly |totally |just |very |really |quite |a |an |the |so )*(fine|good|great|perfect|correct|right|ok|okay|true|it|accurate|work|works|do|wonderful|lovely|awesome|excellent|brilliant|helpful|ideal|nice|yes|true statement|fact|what i want|cool|well|acceptable|suitable|alright|right for me)( (for|to|with|by) (me|us))?",
    "works( for (me|us))?",
    "affirm*",
    "10-4",
    "roger( that)?",
    "you bet",
    "you got it",
    "you'?re (right|correct)",
    "you are (right|correct|not wrong)( \\w+){0,2}",
    "true",
    "facts?",
    "for sure",
    "totally",
    "uh huh",
    "mhm+",
    "mm+",
    "why not",
    "let'?s (do|go)( it| with (it|that))?",
    "i'?d (like|love) (that|to|it)",
    "i (would|do|think so|like (it|that|this)|confirm|want (it|that|this))( one)?",
    "works",
    "that'?s the one",
    "count me in",
    "i'?ll take (it|that|this)( one)?",
    "take it",
    "no problem",
    "sure no problem",
    "i will say yes( \\w+)*",
    "the statement is true",
    "it'?s a yes",
    "big yes",
    "aye",
    "totes",
    "bet",
    "all good",
    "looks good",
    "(it|everything) looks (good|right|correct|great|fine)",
    "please (book|reserve|make|confirm)( \\w+){0,3}(?=\\W*$)",
    "book (it|that|this)( please)?",
    "make (it|the (booking|reservation|appointment))(?=\\W*$)",
)
_NO = (
    "no+",
    "nop+e*",
    "nah+",
    "nel( pastel)?",
    "nop",
    "na",
    "para nada",
    "ya no( (hace falta|quiero|queremos|lo necesito|necesito|me interesa|nada))?( \\w+){0,2}",
    "mejor no",
    "(no )?de ninguna (manera|forma)",
    "en absoluto",
    "negativo",
    "nunca",
    "jamas",
    "no,? (muchas )?gracias",
    "no (quiero|gracias|es eso|es correcto|esta bien|me (sirve|va|viene|interesa|gusta|conviene|cuadra|convence)( bien)?|nos (sirve|va|viene)( bien)?|hace falta|por ahora|puedo|podemos|es asi|lo creo|creo|deseo|necesito nada( mas)?)( \\w+){0,2}",
    "ningun[oa]?( me sirve| de (las|los) \\w+)?",
    "nada( mas)?",
    "incorrect[oa]",
    "falso",
    "que va",
    "ni (loco|hablar|de broma|modo)",
    "claro que no",
    "por supuesto que no",
    "tampoco",
    "esta mal",
    "asi no",
    "ahora no",
    "todavia no",
    "dejalo( asi)?",
    "olvidalo",
    "dejemoslo",
    "nope+",
    "no (thanks|thank you|way|no|sir|ma'am|need|good|not|it'?s not|that'?s not|deal|never)( \\w+){0,3}",
    "not? (really|now|at all|today|yet|right now|this time|it|right|correct|true|for (me|now)|at (this|the) (moment|time)|interested|what i (want|asked|meant|said)( \\w+)?)",
    "nay",
    "never( mind)?",
    "negative",
    "negatory",
    "a?bsolutely not",
    "definitely not",
    "certainly not",
    "of course not",
    "i'?d (rather not|say no)",
    "i don'?t (think so|want (that|it|to|any|this)( \\w+){0,3}|agree|like (it|that|this)( one)?|need (it|that|any|anything)( \\w+){0,2})",
    "i do not( \\w+){0,5}",
    "(that|this|it|which|those|they|these)('s| is| are| does| do| did| will| would| was| has|s)? ?(not|n't|n’t|no|never)( \\w+){0,5}",
    "(that|it|this|those|they) (won'?t|wouldn'?t|doesn'?t|don'?t|isn'?t|aren'?t|cannot|can'?t|didn'?t|wasn'?t)( \\w+){0,5}",
    "(isn'?t|is not) (right|correct|true|it)",
    "(that'?s|that is|it'?s|it is|that has to be|thats|this is)( \\w+){0,2} (wrong|incorrect|false|untrue|inaccurate|a lie|falsehood|no|mistake)",
    "incorrect",
    "wrong",
    "false",
    "untrue",
    "pass",
    "i'?ll pass",
    "ill pass",
    "hell (no|nah|naw)",
    "heck no",
    "no dice",
    "don'?t( bother| do (it|that)| book( it)?)?",
    "stop",
    "nothing( else)?( \\w+){0,2}",
    "none( of (them|those|these))?",
    "neither",
    "i meant no",
    "it is no",
    "nuh uh",
    "naw",
    "out of the question",
    "there is no way( \\w+)*",
    "you are wrong",
    "you'?re wrong",
    "i'?m (good|fine|okay|ok|all set)",
    "i am (good|fine|okay|ok|all set)",
    "not (a chance|happening|going to happen)",
    "refuse",
    "decline",
    "i said no",
)
YES_FACES = re.compile("[👍👌✅🆗🙌💯✔☑🤝🫡]")
NO_FACES = re.compile("[👎❌🚫🙅✖]")
YES_WORDS = cue(*sorted(_YES, key=len, reverse=True))
NO_WORDS = cue(*sorted(_NO, key=len, reverse=True))
GAP = re.compile(r"[\s,.;:!¡¿?()\"'-]*")

CORRECTION = cue(
    "mejor( dicho)?", "perdon", "perdona", "perdone", "disculpa*", "me (equivoque|confundi|he equivocado)", "quise decir", "queria decir", "digo", "(en vez|en lugar) de", "en realidad", "de hecho", "al final", "correg*", "corrij*", "rectific*", "pero (a|para|el|que sea|mejor|somos)", "que sean?( mejor)?", "prefiero", "preferiria", "preferimos", "ignora (mi|lo|el)", "olvida (lo|mi)", "no,? (a|el|para|somos|es|la|las|mejor)", "sino", "ahora somos", "en cambio", "errata", "quise poner",
    "actually", "instead", "rather", "i mean*", "meant", "sorry", "correction", "scratch that", "strike that", "disregard", "never mind", "oops", "hold on", "no,? (make|i|it|the|at|for|on|we|can|could|please|that|wait|espera)", "not? (right|correct)", "would (rather|prefer)", "only if", "would be better", "but (at|for|on|can|make|i)", "my mistake", "my bad", "should be", "change of plans?", "cambio de planes",
)  # fmt: skip
"""Words that announce that something said before is put right."""
ADJUSTMENT = cue(
    "cambi(a|e|o|alo|ala|ar|arlo|emos|emoslo)", "ponlo", "ponla", "pasalo", "pasala", "chang(e|ing)", "make (it|that|the|them)", "switch", "modify", "better( on| at| for| make)?", "update", "move (it|that)", "let'?s (make|change|move|do|try)", "prefer", "muevel[oa]",
)  # fmt: skip
"""Weaker ones: they correct only what has been offered or said already."""


class Asked(StrEnum):
    """What the last reply wanted of the guest, roughly."""

    NOTHING = "nothing"
    YES_OR_NO = "yes_or_no"
    DETAIL = "detail"
    ANYTHING_ELSE = "anything_else"
    WHAT_TO_CORRECT = "what_to_correct"
    HOW_ARE_YOU = "how_are_you"


_ANYTHING_ELSE = cue(
    "algo mas", "otra cosa", "(anything|something) else( \\w+)*", "(any|some) ?(other )?(more )?(thing|help|assistance|way)( \\w+)*", "what else( \\w+)*", "(help|assist)( you)?( \\w+){0,3} (else|further|more|other)", "further assist*", "assist (you )?further", "que (mas|otra cosa)( \\w+){0,3}", "can i (help|assist) you( in anything| with anything)?", "how can i help( \\w+)*", "anything i can( \\w+)*", "more help", "help in anything",
)  # fmt: skip
_WHAT_TO_CORRECT = cue(
    "(que|cual|what|which)( \\w+){0,5} (corregir|corrijamos|cambiar|change|correct|wrong)"
)
_OPEN = cue(
    "en que (te |le |os |les )?(puedo|podemos) (ayudar|colaborar|servir)*( \\w+)?", "como (te |le )?(puedo|podemos) ayudar*", "motivo de (tu|su) visita", "de que tema", "que te trae( \\w+)*", "te puedo ayudar en algo", "how (can|may) (i|we) (help|assist)( \\w+)*", "puedo ayudarte",
)  # fmt: skip
_SUGGESTION = cue(
    "(how|what) about( \\w+)*", "what (do|did) you (think|say)( \\w+)*", "how (does|do)( \\w+)* (sound|look)", "please( \\w+){0,2} (confirm|verify|check)", "confirm (that|the|your|these|this|following|me)", "kindly confirm", "(is|are) (that|this|it|these|those|everything|all|they|the following|these details|the details)( \\w+){0,6} (right|correct|ok|okay|fine|good|accurate|alright)", "(right|correct|okay|ok)\\?", "te parece", "esta bien\\?", "es correcto", "the following (information|details)", "tu nombre es",
)  # fmt: skip
_HOW_ARE_YOU = re.compile(
    r"(?:como\s+(?:estas|esta|te\s+va|va\s+todo|va|te\s+encuentras|te\s+ha\s+ido)|que\s+tal|que\s+hay\s+de\s+nuevo|how\s+(?:are|is)\s+(?:you|it))[^.?]*[?.!\s]*$"
)
_CONFIRM = cue(
    "confirm(a|as|e|o|ar|ame|eme|amos|ing)?", "(is|are|does) (that|this|it|these|those|everything|the following|details|the details)( \\w+){0,6} (right|correct|ok|okay|fine|good|accurate|work|sound|alright)", "(sound|sounds|look|looks) (good|right|correct|ok)", "(right|correct|okay|ok)\\?", "verify", "shall i( \\w+)*", "should i( \\w+)*", "you'?d like( \\w+)*", "you (would like|want|wish|are booking|will|need)( \\w+)*", "(te|le|os) (parece|va(?! todo)|viene|sirve(?! alguna)|reservo|confirmo|apunto)( \\w+){0,4}", "te llamas (?!$)\\w+", "(es|esta) (correcto|bien)", "confirmar", "confirmo", "de acuerdo\\?", "quiere que( \\w+)*", "so(,)? (you|a|just|i'll|i will|to)( \\w+)*", "(i'll|i will|i am going to|i'm going to|let me|going to|we will|we'll) (book|reserve|make|schedule|set)( \\w+)*", "would (you like|that|it|a|\\d)( \\w+)*", "(how|what) about( \\w+)*", "do you (want|like)( me)?( \\w+)*", "would you like( \\w+)*", "is \\w+ (at|for|okay|ok)( \\w+)*", "will \\w+( \\w+)* work", "want me to", "let me (see|make sure|confirm|read|repeat|give)( \\w+)*", "please (double )?check( \\w+)*", "estas segur[oa]", "vale\\?", "esta bien\\?", "tu nombre es", "(reservation|appointment|booking|table)( \\w+){0,6} (is|will be|would be)( scheduled| booked| set)? (at|for|on)( \\w+)*", "you now have", "scheduled", "booking (a|an) (table|appointment)( \\w+)*",
)  # fmt: skip
_WH_QUESTION = cue(
    "(what|which|when|where|who|whom|how many|how much)( \\w+)*", "(do|did) you (have|know|prefer|want)( \\w+)*", "(is|are) there( any| a)?( \\w+){0,3} (particular|specific|preferred|preference)( \\w+)*", "any (preferred|particular|specific|preference)( \\w+)*", "at what", "for what", "in (which|what)", "please (indicate|specify|provide|tell|give|state)( \\w+)*", "(que|cual|cuando|cuantas|cuantos|donde|quien|a que|para que|en que|de que)( \\w+)*", "(dime|dígame|digame|indicame|indiqueme|cuentame|seleccion*|por favor (indica|selecciona|dime|intenta))( \\w+)*", "como te llamas", "(es|seria) para( \\w+)*", "are you (looking|in|thinking|craving)( \\w+)*",
)  # fmt: skip

_OPENS_WITH_WH = re.compile(
    r"(?:^|[.!,;¿:?]\s*|\s(?:and|so|y|then|sure|okay|ok|alright|also|pues|entonces)\s+)(?:at|in|for|on|from|to|near|a|en|de|para|by|around)?\s*(?:what|which|when|where|who|whom|how\s+many|que|cual|cuando|cuant[oa]s?|donde|quien|como\s+te\s+llamas)(?!\w)[^.!?]*\?"
)
_ASKED_BY_STATE = {
    Expecting.OFFER: Asked.YES_OR_NO,
    Expecting.CANCEL_YES: Asked.YES_OR_NO,
    Expecting.SUGGESTED_DAY: Asked.YES_OR_NO,
    Expecting.WAITLIST: Asked.YES_OR_NO,
    Expecting.COMING: Asked.YES_OR_NO,
    Expecting.PLACE: Asked.YES_OR_NO,
}


def what_was_asked(state: DialogueState, last_reply: str) -> Asked:
    """From the dialogue's state; where that says nothing, from the words of the last reply.

    Our own replies put every question into the state. Words that sound like one ("your table is
    booked") are believed only of a dialogue that somebody else has led.
    """
    if state.expecting is not Expecting.NOTHING:
        return _ASKED_BY_STATE.get(state.expecting, Asked.DETAIL)
    plain = Said.of(last_reply[-600:]).plain
    if not plain:
        return Asked.NOTHING
    asked = next((asked for asked, pattern in _ASKED_BY_WORDS if pattern.search(plain)), None)
    is_ours = state.updated_at is not None
    if asked is None or (is_ours and asked in _KEPT_IN_STATE):
        return Asked.NOTHING
    return asked


_KEPT_IN_STATE = frozenset({Asked.YES_OR_NO, Asked.DETAIL})


def asks_for_a_name(last_reply: str) -> bool:
    return _NAME_WANTED.search(Said.of(last_reply[-200:]).plain) is not None


_NAME_WANTED = cue(
    "como te llamas", "(tu|su) nombre", "your name", "what name", "a nombre de quien"
)
_ASKED_BY_WORDS = (
    (Asked.WHAT_TO_CORRECT, _WHAT_TO_CORRECT),
    (Asked.HOW_ARE_YOU, _HOW_ARE_YOU),
    (Asked.ANYTHING_ELSE, _ANYTHING_ELSE),
    (Asked.ANYTHING_ELSE, _OPEN),
    (Asked.YES_OR_NO, _SUGGESTION),
    (Asked.DETAIL, _OPENS_WITH_WH),
    (Asked.YES_OR_NO, _CONFIRM),
    (Asked.DETAIL, _WH_QUESTION),
)
