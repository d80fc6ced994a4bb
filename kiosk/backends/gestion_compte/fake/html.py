"""The pages of the fake server as templates (Jinja): the structure, classes and sentences that a reader looks at.

Written afresh after the real pages; what only a browser needs is left out. Filters: ``clock`` (9h30), ``counter``
(3h00), ``long`` (mercredi 29 juin), ``full`` (mercredi 29 juin 2022).
"""

from typing import Final

LIGHT: Final = """<!DOCTYPE html>
<html>
  <head><meta charset="UTF-8" /><title>Espace membre @ {{ coop.name }}</title></head>
  <body>
    <header></header>
    <main>
      {{ before }}
      <div class="container"><div class="section">
        {% for message in flashes %}
        <div class="card-panel teal error"><span class="white-text">{{ message }}</span></div>
        {% endfor %}
        {{ content }}
      </div></div>
    </main>
  </body>
</html>
"""

FULL: Final = """<!DOCTYPE html>
<html lang="fr">
  <head><meta charset="UTF-8" /><title>Espace membre @ {{ coop.name }}</title></head>
  <body>
    <header><nav class="main-navigation"><ul id="nav-desktop"><li><a href="/login">Log in</a></li></ul></nav></header>
    <main><div class="container"><div class="section">{{ content }}</div></div></main>
  </body>
</html>
"""

CHECK: Final = """{% set person = scan.beneficiary %}{% set account = person.membership %}
{% set allowed = person.may_enter(today) %}{% set exempted = account.is_exempted(today) %}
{% set your = 'Votre' if household else 'Ton' %}
<div class="container">
  <h3 class="header center-align">{{ greeting }} {{ person.first_name }} !</h3>
  {% if scan.ongoing and scan.validated %}
  <div class="card-panel green lighten-5">
    {% if scan.ongoing | length == 1 %}✅ Ton créneau en cours <strong>{{ scan.ongoing[0].job }}</strong> a été validé !
    {% else %}✅ Tes créneaux en cours ont été validés !{% endif %}
  </div>
  {% elif scan.ongoing %}
  <div class="card-panel blue lighten-5">
    {% if scan.ongoing | length == 1 %}✅ Ton créneau en cours <strong>{{ scan.ongoing[0].job }}</strong>
    a déjà été validé 😉{% else %}✅ Tes créneaux en cours ont déjà été validés 😉{% endif %}
    <br /><i>Pas besoin de re-badger.</i>
  </div>
  {% endif %}
  {% if allowed and not exempted %}
  <p class="center-align">{{ your }} compteur temps est {% if scan.validated %}maintenant{% endif %} à
    <strong>{{ account.counter | counter }}</strong></p>
  {% endif %}
  <div class="row">
    <div class="col s6">{% if allowed %}
      {% if account.counter > due %}<img class="responsive-img" src="/build/images/love.svg" alt="we love you" />
      {% elif account.counter == due %}<img class="responsive-img" src="/build/images/good.svg" alt="all good" />
      {% elif account.counter >= 0 %}<img class="responsive-img" src="/build/images/thumbup.svg" alt="fair enough" />
      {% else %}<img class="responsive-img" src="/build/images/bad.svg" {{ late_alt }}/>{% endif %}
    {% endif %}</div>
    <div class="col s6">
      {% if allowed %}<img class="responsive-img" src="/build/images/enter.svg" alt="accès autorisé" />
      {% else %}<img class="responsive-img" src="/build/images/donotenter.svg" alt="accès interdit" />{% endif %}
    </div>
  </div>
  {% if exempted %}
  <div class="row"><div class="col-12"><div class="card-panel teal white-text">
    <i class="material-icons left">beach_access</i><strong>Votre compte est exempté de créneau !</strong>
    <ul class="list-unstyled"><li><i>{{ account.exempted[0] }}</i> du {{ account.exempted[1] | full }}
    au {{ account.exempted[2] | full }}</li></ul>
  </div></div></div>
  {% elif allowed %}
    {% if account.counter > due %}<p class="center-align">Wha ! c'est trop d'amour, merci ! 😍</p>
    {% elif account.counter == due %}<p class="center-align">Tout roule, passe un bon moment à {{ coop.name }} 🙂</p>
    {% elif account.counter >= 0 %}<p class="center-align">Pense à réserver les {{ (due - account.counter) | counter }}
      qu'il {{ 'vous' if household else 'te' }} manque 😉</p>
    {% elif account.counter >= -3 * due %}<p class="center-align">Oups, {{ 'vous êtes' if household else 'tu es' }} en
      retard ! il {{ 'vous' if household else 'te' }} reste {{ (due - account.counter) | counter }} à réserver !!</p>
    {% else %}<p class="center-align"><strong>Oups, {{ 'vous êtes' if household else 'tu es' }} vraiment trop en retard
      sur ton devoir !</strong> 😲</p>{% endif %}
  {% elif account.frozen %}
  <p class="center-align"><i class="material-icons" title="Compte gelé">ac_unit</i>
    <strong>{{ your }} compte est gelé !</strong><br />Tu ne peux pas faire tes courses aujourd'hui ☹️</p>
  <p class="center-align">{% if account.frozen_until %}Le degel est programmé, il sera effectif le
    {{ account.frozen_until | long }}{% else %}Rendez vous sur ton espace membre pour programmer le degel !{% endif %}
  </p>
  {% elif account.withdrawn %}
  <p class="center-align"><i class="material-icons" title="Compte fermé">block</i>
    <strong>{{ your }} compte est fermé !</strong><br />Mais je suis content de te voir revoir quand même ! 👻</p>
  {% elif not person.enabled %}
  <p class="center-align"><i class="material-icons" title="Compte pas encore activé">phonelink_off</i>
    <strong>Ton compte n'est pas actif</strong> 🤔</p>
  {% else %}
  <p class="center-align"><i class="material-icons" title="Compte en attente d'adhésion">attach_money</i>
    <strong>Oups, {{ your | lower }} adhésion n'est plus à jour !</strong> 😲
    <br />Rendez-vous au bureau de membres régulariser tout ça !</p>
  {% endif %}
</div>
<a id="close" href="/card_reader/" class="black-text"><i class="material-icons large">close</i></a>
"""

_CARD: Final = """
<div class="card"><div class="card-content {{ bucket.first.colour }} lighten-4">
  {% if not bucket.places | selectattr('shifter') | list %}
  <div class="red-text"><i class="material-icons tiny">warning</i> Personne n'est inscrit sur ce créneau</div>
  {% endif %}
  <div class="card-title"><b class="{{ bucket.first.colour }}-text">{{ bucket.first.job }}</b> /
    <b>{{ bucket.first.starts_at | clock }} à {{ bucket.first.ends_at | clock }}</b></div>
  <ul style="margin-bottom:0">
    {% for place in bucket.sorted %}
    <li><div>
      {% if coop.by_reader %}
      <span class="{% if place.carried_out %}green-text{% endif %}"> &#9673; </span>&nbsp;{% endif %}
      {% if place.shifter %}
      <span style="margin-right: 5px; font-size: 16px">{{ place.shifter.public_name }}</span>
      {% else %}<strong><i>libre</i></strong>{% endif %}
      {% if place.formation %}
      <span class="chip" style="margin-left: 5px"><strong>{{ place.formation }}</strong></span>{% endif %}
      {% if place.shifter and place.shifter.is_new %}
      <span class="red-text" title="Nouveau membre">★</span>{% endif %}
      {% if place.shifter and place.first_shift %}
      <span class="chip red white-text" style="margin-left: 5px"><strong>Premier créneau</strong></span>{% endif %}
    </div></li>
    {% endfor %}
  </ul>
</div></div>
"""

READER: Final = (
    """
<nav class="main-navigation" role="navigation"><div class="nav-wrapper">
  <a id="logo-container" class="brand-logo">Lecteur carte membre</a>
  <ul class="right"><li>{{ now | full }} à {{ now | clock }}</li><li>
    {% if coop.hours %}{% if is_open %}<span class="badge green white-text">Ouvert</span>
    {% else %}<span class="badge red white-text">Fermé</span>{% endif %}{% endif %}
  </li></ul>
</div></nav>
<div class="row">
  <div class="col s6">
    {% if running %}<h5>Créneaux en cours</h5>{% for bucket in running %}"""
    + _CARD
    + """{% endfor %}<br />{% endif %}
    <h5>Créneaux à venir</h5>{% for bucket in coming %}"""
    + _CARD
    + """{% endfor %}
  </div>
  <div class="col s6">{% if coop.notice %}<p>{{ coop.notice }}</p>{% endif %}
</div>
</div>
{% if csrf %}<input type="hidden" id="reader_token" name="_token" value="{{ csrf }}" />{% endif %}
<input type="hidden" id="barcode_submit_url" value="/card_reader/check" />
"""
)

LOGIN: Final = """
<form id="loginForm" action="/login_check" method="post">
  <input type="hidden" name="_csrf_token" value="{{ token }}" />
  <input type="text" id="username" name="_username" value="" required="required" />
  <input type="password" id="password" name="_password" required="required" />
  <input type="hidden" name="target_path" value="" />
  <button type="submit" id="_submit" name="_submit">Log in</button>
</form>
"""

_BUCKET: Final = """
<div class="row"><div class="col s12"><div style="position: relative">
<div class="shift-bucket" data-offset="1" style="width:10%;left:10%;top:0px;">
  <a {% if master %}href="#modal-bucket" data-source="/booking/bucket/{{ bucket.id }}/show"
     {% elif bucket_free(bucket) %}href="#book{{ bucket_free(bucket).id }}"{% endif %}
     class="modal-trigger tooltipped" data-position="top" data-tooltip="{{ bucket.first.job }}">
    <div class="z-depth-1 {{ bucket.first.colour }} lighten-5 black-text">
      <div class="shift-block">
        <span class="small hide-on-med-and-up">{{ bucket.first.starts_at | clock }} </span>
        <span class="hide-on-small-and-down">{{ bucket.first.starts_at | clock }} - {{ bucket.first.ends_at | clock }}
        </span><br>
        {% if not bucket.places | selectattr('shifter') | list %}<span class="red-text">
        <i class="material-icons tiny">warning</i><span class="hide-on-small-and-down">&nbsp;sous-effectif</span></span>
        {% endif %}
      </div>
      <div class="shift-block"><div class="hide-on-med-and-down">
        {% for place in bucket.sorted %}
        <span class="{{ 'green-text' if place.shifter else 'green-text text-lighten-4' if place.kept_for
                     else 'grey-text text-darken-2' }}">
          {% if place.formation %}<i class="material-icons shifter">account_circle</i>
          {% else %}<i class="material-icons shifter">{{ 'radio_button_checked' if place.shifter or place.kept_for
                                                       else 'radio_button_unchecked' }}</i>{% endif %}
        </span>
        {% endfor %}
      </div></div>
    </div>
  </a>
</div>
</div></div></div>
"""

DAY: Final = "{% for bucket in buckets %}" + _BUCKET + "{% endfor %}"

HOME: Final = (
    """
<h3 class="header center orange-text">Mon compte à {{ coop.name }}</h3>
</div></div>
<div id="weeks" style="padding: 5px;">
  {% for week in weeks %}
  <h5>{% if week.letter %}{% if master %}Semaine #{{ week.number }} ({{ week.letter }})
      {% else %}Semaine {{ week.letter }} <small title="Numéro de semaine">(#{{ week.number }})</small>{% endif %}
      {% else %}Semaine #{{ week.number }}{% endif %}</h5>
  <ul class="collapsible collapsible-expandable">
    {% for day in week.days %}
    {% if master %}
    <li data-date="{{ day }}" data-beneficiary="" data-cycle="0">
      <div class="collapsible-header"><i class="material-icons">event_available</i> {{ day | long }}</div>
      <div class="collapsible-body" style="padding: 1rem 0"></div>
    </li>
    {% else %}
    <li class="active">
      <div class="collapsible-header"><i class="material-icons">event_available</i> {{ day | long }}</div>
      <div class="collapsible-body" style="padding: 1rem 0">
      {% for bucket in on_day(day) %}"""
    + _BUCKET
    + """{% endfor %}
      </div>
    </li>
    {% endif %}
    {% endfor %}
  </ul>
  {% endfor %}
</div>
<div><div>
"""
)

OPENING_HOURS: Final = """
<ul>
  {% for weekday, stretches in hours %}
  <li>{{ weekday | capitalize }} :
    {% for opens, closes in stretches %}{% if not loop.first %} & {% endif %}{{ opens }}-{{ closes }}{% endfor %}</li>
  {% endfor %}
</ul>
"""

CLOSURES: Final = """
<ul style="margin:0;">
  {% for day, reason in coop.closures if day >= today %}
  <li><span>-</span> <strong>{{ day | full }}</strong> {% if reason %}<i>({{ reason }})</i>{% endif %}</li>
  {% endfor %}
</ul>
"""

EVENTS: Final = """
<ul style="margin:0;">
  {% for title, at in events %}<li>- <strong>{{ title }}</strong> {{ at | full }} à {{ at | clock }}</li>{% endfor %}
</ul>
"""

OFFICE_LIST: Final = """
<h4 class="header">Liste des créneaux</h4>
<form name="form" method="post" action="/booking/admin">
  <select name="form[type]"><option value="date">Date</option><option value="week">Semaine</option></select>
  <input type="text" id="form_from" name="form[from]" required="required" value="{{ monday }}" />
  <input type="text" id="form_to" name="form[to]" />
  <input type="number" id="form_week" name="form[week]" value="{{ monday.isocalendar().week }}" />
  <select id="form_year" name="form[year]">
    <option value="{{ monday.year }}" selected="selected">{{ monday.year }}</option>
  </select>
  <select id="form_job" name="form[job]"><option value=""></option></select>
  <select id="form_filling" name="form[filling]"><option value=""></option></select>
  <input type="hidden" id="form__token" name="form[_token]" value="{{ token }}" />
</form>
{% for bucket in buckets %}
<div id="main-bucket-{{ bucket.id }}" data-offset="1" data-length="5" style="position: absolute;">
  <a href="#modal-bucket" data-source="{{ window }}" class="modal-trigger tooltipped"
     data-tooltip="{{ bucket.first.job }}">
    <div class="z-depth-1 {{ bucket.first.colour }} lighten-5 black-text">
      <div style="position: absolute;width:60px;transform: rotate(-90deg);text-align: center;">
        {{ bucket.first.starts_at | clock }}&nbsp;{{ bucket.first.ends_at | clock }}
      </div>
      <ul>{% for place in bucket.sorted %}<li id="main-shift-{{ place.id }}">
        {% if place.shifter %}{{ place.shifter.first_name }}{% else %}<b><i>libre</i></b>{% endif %}</li>{% endfor %}
      </ul>
    </div>
  </a>
</div>
{% endfor %}
"""

PUBLIC_WINDOW: Final = """
<h4>Créneaux / <span class="{{ bucket.first.colour }}-text">{{ bucket.first.job }}</span></h4>
<ul class="collapsible">
  {% for place in bucket.sorted %}
  <li>
    <div class="collapsible-header">
      {% if place.shifter %}<div id="modal-shift-{{ place.id }}">Réservé</div>
      {% else %}<b><span>libre</span></b>{% endif %}
    </div>
  </li>
  {% endfor %}
</ul>
"""
"""What master shows of a shift to whoever asks, under the address that the office's window has in 1.x."""

OFFICE_WINDOW: Final = """
<h4>Créneaux / <span class="{{ bucket.first.colour }}-text">{{ bucket.first.job }}</span></h4>
<h5>{{ bucket.first.starts_at | long }}
  de {{ bucket.first.starts_at | clock }} à {{ bucket.first.ends_at | clock }}</h5>
<ul class="collapsible">
  {% for place in bucket.sorted %}
  {% if place.shifter %}
  <li>
    <div class="collapsible-header" style="display: block;"><div class="row">
      <div id="modal-shift-{{ place.id }}" class="col s12">
        {% if shows_presence(place) %}
        <span class="{{ 'green-text' if place.carried_out else 'red-text' }}">&#9673;</span>&nbsp;
        {% endif %}
        {{ place.shifter.display_name }}
        {% if place.formation %}&nbsp;({{ place.formation }}){% endif %}
        {% if place.first_shift %}&nbsp;<strong class="red-text">(Premier créneau)</strong>{% endif %}
      </div>
    </div></div>
    <div class="collapsible-body">
      {% if shows_presence(place) %}{% set form = 'shift_validate_invalidate_forms_%d' % place.id %}
      <form name="{{ form }}" method="post" action="/shift/{{ place.id }}/validate_admin" style="display:inline;">
        <input type="hidden" id="{{ form }}_validate" name="{{ form }}[validate]" value="{{ 1 - place.carried_out }}" />
        <input type="hidden" id="{{ form }}__token" name="{{ form }}[_token]" value="{{ token(form) }}" /></form>
      {% endif %}{% set form = 'shift_free_forms_%d' % place.id %}
      <form name="{{ form }}" method="post" action="/shift/{{ place.id }}/free_admin" style="display:inline;">
        <input type="hidden" id="{{ form }}__token" name="{{ form }}[_token]" value="{{ token(form) }}" /></form>
    </div>
  </li>
  {% else %}{% set form = 'shift_book_forms_%d' % place.id %}
  <li>
    <div class="collapsible-header" style="display: block;"><div class="row"><div class="col s12">
      <b><span style="font-style: italic">
        {% if place.kept_for %}réservé à {{ place.kept_for.display_name }}{% else %}libre{% endif %}</span></b>
      &nbsp;({{ place.formation or 'sans formation particulière' }})
    </div></div></div>
    <div class="collapsible-body">
      <form name="{{ form }}" method="post" action="/shift/{{ place.id }}/book_admin" style="display:inline;">
        <input type="text" id="{{ form }}_shifter" name="{{ form }}[shifter]" required="required" />
        <script>$('#{{ form }}_shifter').autocomplete({data: {{ names | tojson }}, limit: 6});</script>
        <input type="hidden" id="{{ form }}_fixe" name="{{ form }}[fixe]" value="0" />
        <input type="hidden" id="{{ form }}__token" name="{{ form }}[_token]" value="{{ token(form) }}" /></form>
      {% set delete = 'shift_delete_forms_%d' % place.id %}
      <form name="{{ delete }}" method="post" action="/shift/{{ place.id }}">
        <input type="hidden" name="_method" value="DELETE" />
        <input type="hidden" id="{{ delete }}__token" name="{{ delete }}[_token]" value="{{ token(delete) }}" /></form>
    </div>
  </li>
  {% endif %}
  {% endfor %}
</ul>
"""

ERROR: Final = """
<h3 class="header center">Oups, quelque chose a mal tourné !</h3><h4>erreur {{ status }}</h4>
"""
