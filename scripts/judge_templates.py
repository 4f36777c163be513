"""
Prints what one version of Prefect says about the templates of actions, as JSON: `true` for a template that it takes,
otherwise the line of the error, or null for an error without a line. scripts/judge.ts runs it with every version and
writes test/fixtures/templates. With a number as argument, it judges that many random ones, which are not recorded.
"""

import json
import random
import sys
import warnings
from uuid import UUID

warnings.simplefilter("ignore")

from prefect.server.events.actions import RunDeployment, SendNotification  # noqa: E402
from prefect.server.utilities.user_templates import validate_user_template  # noqa: E402

ID = UUID("00000000-0000-4000-8000-000000000001")

# Texts with expressions: one a line, without the braces.
EXPRESSIONS = r"""
flow_run.name
flow_run.state.message | default('none') | upper
event.resource['prefect.resource.id']
event.payload.a.b[0]['c'].d
a[1:2], a[:2], a[1:], a[:], a[::2], a[1:2:3], a[1,2], a[1:2,3]
a[]
a[1 2]
a[1:2:3:4]
a.0
a.0.1
a.1.5
a.b-c
a.
a..b
.a
a.'b'
1
1.5
1e3
1E-3
1.
.5
1_000
1__000
1_
0x1F
0b101
0o17
012
00
0_0
0b2
0xg
1abc
'a' "b" 'c'
'it\'s'
"a\"b"
'a\x41'
'a\x4'
'\u00e9'
'\u00e'
'\U0001F600'
'\U00110000'
'\N{BULLET}'
'\N{NO SUCH NAME}'
'\N'
'\777'
'\é'
'a
"a
'a" 'b'
''
é
ünï.çode
a·b
€
a€
naïve²
²
x٣
٣
true, True, none, None, false
if
for
in
not
and
or
is
else
not a
not not a
a not in b
a not b
a in b in c
a in
not a in b
a and b or not c
a and
a or
and b
or b
a == b == c
a = b
a != b
a ! b
a !== b
a <> b
a <= b < c > d >= e
a === b
a && b
a || b
a & b
a ^ b
a ?? b
a ? b : c
a if b
a if b else c
a if b else c if d else e
a if
a if b else
if b
a if b if c
a if not b else c
a is defined
a is not defined
a is defined and b is none or c
a is divisibleby 3
a is divisibleby(3)
a is sameas b.c
a is sameas b.c(1)[2]
a is not sameas -1
a is sameas [1]
a is in [1, 2]
a is in(b)
a is defined is none
a is
a is not
a is not not b
a is 1
a is 'b'
a is b.c
a is b.c d
a is b.
a is defined if b else c
a is defined else b
a is none + 1
a is eq 1 + 1
a is defined | string
(a is defined) | string
a is sameas {'b': 1}
a is sameas (1)
a is sameas true
a | b
a | b | c
a | b(1, c=2) | d
a | b.c
a | b.
a | b.1
a |
a | | b
a | 1
| b
a|b()
a | b(c
a | nosuchfilter
a | length > 1
-a | abs
- a
+ a
-+-a
--a
a - -b
a--b
a++
a +
a ++ b
a * b / c // d % e ** f
a ** -b ** c
a ~ b ~ c
a ~
~ a
a / / b
a @ b
a # b
a $ b
a \ b
a ; b
a : b
a, b
a,
,
, a
a,, b
()
(,)
(a)
(a,)
(a, b)
((a))
(a
a)
(a]
[a)
{a}
{'a': 1}
{'a': 1, }
{'a': 1, 'b': {'c': {}}}
{'a'}
{'a': }
{: 1}
{'a': 1 'b': 2}
{a: b, **c}
{}
[]
[1, 2]
[1, 2,]
[1,,2]
[,]
[1 2]
[a for a in b]
[[[]]]
a()
a(1)
a(1, 2,)
a(,)
a(b=1)
a(b=1, 2)
a(1, b=2, c=3)
a(*b)
a(**c)
a(*b, **c)
a(**c, *b)
a(1, *b, c=1, **d)
a(*b, 1)
a(*b, *c)
a(**b, **c)
a(**b, c=1)
a(b=)
a(=1)
a(b==1)
a(1 2)
a(b=1,)
a()()
a().b()[c]()
a(1)(2) | b
a | b()(c)
1()
'a'.upper()
'a'[0]
[1][0]
(a).b
{'a': 1}['a']
{'a': 1}.a
lambda x: x
a if b else c | d
range(10)
range(1000)
now() | humanize
ui_url(flow_run)
flow_run|ui_url
loop.index
self.a()
super()
_
__class__
a.__class__.__mro__
a == 'b' and c != "d" or e > 1
a.b(c.d(e[f]), g='h') | i('j') is k
x if y is defined else z
a in [1, 2] and b not in (3,)
"{{ not nested }}"
'%}'
"}}"
'{#'
{{ a }}
{% a %}
a }} b {{ c
a -
a %
%
+
-
*
**
!
not in a
a is in
a.b.c.d.e.f
a . b
a
""".strip("\n").split("\n")

# Whole texts.
TEXTS = [
    "",
    " ",
    "\n",
    "plain text",
    "{",
    "}",
    "}}",
    "%}",
    "#}",
    "{ { a } }",
    "{{",
    "{{ ",
    "{{ a",
    "{{ a }",
    "{{ a } }",
    "{{ a %}",
    "{{a}}",
    "{{}}",
    "{{ }}",
    "{{-}}",
    "{{--}}",
    "{{- a -}}",
    "{{+ a }}",
    "{{ a +}}",
    "{{-1}}",
    "{{ -1 -}}",
    "{{ a -}} b",
    "{{- -a -}}",
    "{{ a }}{{ b }}",
    "{{ {'a': {}} }}",
    "{{ {'a': {}}}}",
    "{{{'a': {}}}}",
    "{{{ a }}}",
    "{{{}}}",
    "{{ {} }} }}",
    "{{ (}} ) }}",
    "{{ [ }}",
    "{{ ] }}",
    "{%",
    "{% ",
    "{% %}",
    "{%%}",
    "{% 1 %}",
    "{% 'a' %}",
    "{% if %}",
    "{% if",
    "{% if a",
    "{% if a %}",
    "{% if a %}b",
    "{% if a %}b{% endif %}",
    "{% if a %}b{% endif",
    "{% if a: %}b{% endif %}",
    "{% if a :%}{% else: %}{% endif %}",
    "{% if a :: %}{% endif %}",
    "{% if a %}b{% else %}c{% endif %}",
    "{% if a %}b{% elif c %}d{% elif e %}f{% else %}g{% endif %}",
    "{% if a %}b{% else if c %}d{% endif %}",
    "{% if a %}b{% elseif c %}d{% endif %}",
    "{% if a %}b{% elif %}d{% endif %}",
    "{% if a %}b{% else %}c{% else %}d{% endif %}",
    "{% if a %}b{% else %}c{% elif d %}e{% endif %}",
    "{% if a %}b{% end %}",
    "{% if a %}b{% endfor %}",
    "{% if a %}b{% endif a %}",
    "{% if a, b %}{% endif %}",
    "{% if a if b else c %}{% endif %}",
    "{% if (a if b else c) %}{% endif %}",
    "{% if a = b %}{% endif %}",
    "{% if a == b %}{% endif %}{% endif %}",
    "{% endif %}",
    "{% else %}",
    "{%- if a -%}b{%- endif -%}",
    "{%+ if a +%}b{%+ endif +%}",
    "{% if a %}\n{% for b in c %}\n{{ b }}\n{% endfor %}\n{% endif %}\n",
    "{% if a %}\n{% for b in c %}\n{% endif %}\n{% endfor %}",
    "{% for a in b %}{{ a }}{% endfor %}",
    "{% for a in b %}{{ a }}",
    "{% for a in b %}{% else %}c{% endfor %}",
    "{% for a in b %}{% else %}c{% else %}{% endfor %}",
    "{% for a, b in c.items() %}{{ a }}{% endfor %}",
    "{% for a, in b %}{% endfor %}",
    "{% for (a, b) in c %}{% endfor %}",
    "{% for (a, (b, c)), d in e %}{% endfor %}",
    "{% for (a) in c %}{% endfor %}",
    "{% for ((a)) in c %}{% endfor %}",
    "{% for [a, b] in c %}{% endfor %}",
    "{% for () in c %}{% endfor %}",
    "{% for in b %}{% endfor %}",
    "{% for a b %}{% endfor %}",
    "{% for a %}{% endfor %}",
    "{% for a in %}{% endfor %}",
    "{% for a.b in c %}{% endfor %}",
    "{% for (a.b) in c %}{% endfor %}",
    "{% for (a, 1) in c %}{% endfor %}",
    "{% for a() in c %}{% endfor %}",
    "{% for 1 in b %}{% endfor %}",
    "{% for 'a' in b %}{% endfor %}",
    "{% for true in b %}{% endfor %}",
    "{% for None in b %}{% endfor %}",
    "{% for not in b %}{% endfor %}",
    "{% for in in b %}{% endfor %}",
    "{% for loop in b %}{% endfor %}",
    "{% for a in b if c %}{% endfor %}",
    "{% for a in b if c else d %}{% endfor %}",
    "{% for a in b if c if d else e %}{% endfor %}",
    "{% for a in b if %}{% endfor %}",
    "{% for a in b recursive %}{{ loop(a) }}{% endfor %}",
    "{% for a in b if c recursive %}{% endfor %}",
    "{% for a in b recursive if c %}{% endfor %}",
    "{% for a in recursive %}{% endfor %}",
    "{% for a in b, recursive %}{% endfor %}",
    "{% for a in b, c %}{% endfor %}",
    "{% for a in b, %}{% endfor %}",
    "{% for a in b: %}{% endfor %}",
    "{% for a in b %}{% endfor a %}",
    "{% for a in b %}{% break %}{% endfor %}",
    "{% for a in b %}{% continue %}{% endfor %}",
    "{% for a in range(5) %}{% for b in range(5) %}{% endfor %}{% endfor %}",
    "{% for a in b %}{% for c in d %}{% for e in f %}{% endfor %}{% endfor %}{% endfor %}",
    "{% for a in b %}{% for c in d %}{% if e %}{% for f in g %}{% endfor %}{% endif %}{% endfor %}{% endfor %}",
    "{% for a in b %}{% else %}{% for c in d %}{% for e in f %}{% endfor %}{% endfor %}{% endfor %}",
    "{% for a in b %}{% macro m() %}{% for c in d %}{% endfor %}{% endmacro %}{% endfor %}",
    "{% for a in b %}{% endfor %}" * 10,
    "{% for a in b %}{% endfor %}" * 11,
    "{% for a in b %}{% for c in d %}{% endfor %}{% endfor %}" * 5,
    "{% for a in b %}{% for c in d %}{% endfor %}{% endfor %}" * 6,
    "{% set a = 1 %}",
    "{% set a = %}",
    "{% set a %}",
    "{% set a %}b{% endset %}",
    "{% set a | upper %}b{% endset %}",
    "{% set a | upper | join(1) %}b{% endset %}",
    "{% set a |%}b{% endset %}",
    "{% set a b %}c{% endset %}",
    "{% set a, b = 1, 2 %}",
    "{% set a, b %}c{% endset %}",
    "{% set a, = 1, %}",
    "{% set (a, b) = c %}",
    "{% set () = c %}",
    "{% set a.b = 1 %}",
    "{% set a.b.c = 1 %}",
    "{% set a.b, c = 1, 2 %}",
    "{% set a.1 = 1 %}",
    "{% set a['b'] = 1 %}",
    "{% set a() = 1 %}",
    "{% set 1 = a %}",
    "{% set true = a %}",
    "{% set true.a = b %}",
    "{% set a == 1 %}",
    "{% set a += 1 %}",
    "{% set a = b = c %}",
    "{% set a = b if c else d %}",
    "{% set a = b, %}",
    "{% set = 1 %}",
    "{% set %}",
    "{% set a = 1 %}{% endset %}",
    "{% with %}a{% endwith %}",
    "{% with a = 1 %}{{ a }}{% endwith %}",
    "{% with a = 1, b = a %}{{ b }}{% endwith %}",
    "{% with a = 1 b = 2 %}{% endwith %}",
    "{% with a, b = 1 %}{% endwith %}",
    "{% with a = 1, %}{% endwith %}",
    "{% with a %}{% endwith %}",
    "{% with a.b = 1 %}{% endwith %}",
    "{% with a = 1: %}{% endwith %}",
    "{% with a = 1 %}",
    "{% filter upper %}a{% endfilter %}",
    "{% filter upper | lower(1) %}a{% endfilter %}",
    "{% filter a.b %}c{% endfilter %}",
    "{% filter %}a{% endfilter %}",
    "{% filter | upper %}a{% endfilter %}",
    "{% filter upper lower %}a{% endfilter %}",
    "{% macro m() %}a{% endmacro %}{{ m() }}",
    "{% macro m(a, b=1) %}{{ a }}{% endmacro %}",
    "{% macro m(a=1, b) %}{% endmacro %}",
    "{% macro m(a, b,) %}{% endmacro %}",
    "{% macro m(a b) %}{% endmacro %}",
    "{% macro m(*a) %}{% endmacro %}",
    "{% macro m(1) %}{% endmacro %}",
    "{% macro m(true) %}{% endmacro %}",
    "{% macro m(a.b) %}{% endmacro %}",
    "{% macro m %}{% endmacro %}",
    "{% macro () %}{% endmacro %}",
    "{% macro 1() %}{% endmacro %}",
    "{% macro true() %}{% endmacro %}",
    "{% macro m() %}{% endmacro m %}",
    "{% macro m() %}",
    "{% call m() %}a{% endcall %}",
    "{% call(a) m() %}{{ a }}{% endcall %}",
    "{% call(a, b=1) m(1) %}{% endcall %}",
    "{% call() m() %}{% endcall %}",
    "{% call m %}{% endcall %}",
    "{% call m() | upper %}{% endcall %}",
    "{% call m()() %}{% endcall %}",
    "{% call m() + 1 %}{% endcall %}",
    "{% call m() if a %}{% endcall %}",
    "{% call -m() %}{% endcall %}",
    "{% call a.m() %}{% endcall %}",
    "{% call a | b() %}{% endcall %}",
    "{% call a | b()() %}{% endcall %}",
    "{% call (m()) %}{% endcall %}",
    "{% call() (m()) %}{% endcall %}",
    "{% call %}{% endcall %}",
    "{% block a %}b{% endblock %}",
    "{% block a %}b{% endblock a %}",
    "{% block a %}b{% endblock c %}",
    "{% block a scoped %}{% endblock %}",
    "{% block a required %} {% endblock %}",
    "{% block a scoped required %}\n{# b #} {% endblock %}",
    "{% block a required scoped %}{% endblock %}",
    "{% block a required %}b{% endblock %}",
    "{% block a required %}{{ b }}{% endblock %}",
    "{% block a required %}{% if b %}{% endif %}{% endblock %}",
    "{% block a required %}{% print %}{% endblock %}",
    "{% block a required %}{% print b %}{% endblock %}",
    "{% block a required %}{% raw %} {% endraw %}{% endblock %}",
    "{% block a required %}{% raw %}b{% endraw %}{% endblock %}",
    "{% block a-b %}{% endblock %}",
    "{% block 'a' %}{% endblock %}",
    "{% block %}{% endblock %}",
    "{% block a b %}{% endblock %}",
    "{% block a %}{% block a %}{% endblock %}{% endblock %}",
    "{% block scoped %}{% endblock %}",
    "{% block a: %}{% endblock %}",
    "{% extends 'a' %}",
    "{% extends a if b else c %}",
    "{% extends %}",
    "{% extends 'a' 'b' %}",
    "{% extends 'a', 'b' %}",
    "{% include 'a' %}",
    "{% include ['a', 'b'] %}",
    "{% include 'a' ignore missing %}",
    "{% include 'a' ignore %}",
    "{% include 'a' with context %}",
    "{% include 'a' without context %}",
    "{% include 'a' ignore missing with context %}",
    "{% include 'a' with context ignore missing %}",
    "{% include 'a' with %}",
    "{% include %}",
    "{% import 'a' as b %}",
    "{% import 'a' as b with context %}",
    "{% import 'a' as b.c %}",
    "{% import 'a' as b, c %}",
    "{% import 'a' as true %}",
    "{% import 'a' %}",
    "{% import as b %}",
    "{% from 'a' import b %}",
    "{% from 'a' import b as c, d %}",
    "{% from 'a' import b, %}",
    "{% from 'a' import %}",
    "{% from 'a' import _b %}",
    "{% from 'a' import b as _c %}",
    "{% from 'a' import b with context %}",
    "{% from 'a' import b, c without context %}",
    "{% from 'a' import b, with context %}",
    "{% from 'a' import with context %}",
    "{% from 'a' import with %}",
    "{% from 'a' import with, b %}",
    "{% from 'a' import b c %}",
    "{% from 'a' import b as %}",
    "{% from 'a' import * %}",
    "{% from 'a' import b as true %}",
    "{% print a %}",
    "{% print a, b %}",
    "{% print %}",
    "{% print a, %}",
    "{% print a b %}",
    "{% autoescape true %}a{% endautoescape %}",
    "{% autoescape %}a{% endautoescape %}",
    "{% autoescape a if b else c %}{% endautoescape %}",
    "{% autoescape false, true %}{% endautoescape %}",
    "{% do a %}",
    "{% trans %}a{% endtrans %}",
    "{% debug %}",
    "{% unknown %}",
    "{% elif a %}",
    "{% raw %}{{ a }{% endraw %}",
    "{% raw %}{{ a",
    "{% raw %}",
    "{% raw %}{% endraw",
    "{% raw %}\n\na {% if\n{% endraw %}",
    "{%- raw -%} {{ {%- endraw -%}",
    "{%+ raw %}{{ {%+ endraw +%}",
    "{% raw +%}{% endraw %}",
    "{%raw%}{{{%endraw%}",
    "{% raw a %}{% endraw %}",
    "{% rawx %}",
    "{% raw %}{% raw %}{% endraw %}",
    "{% raw %}{% endraw %}{% endraw %}",
    "{% endraw %}",
    "{# a #}",
    "{# a",
    "{#",
    "a {#",
    "{##}",
    "{#}",
    "{#-#}",
    "{#- a -#}",
    "{#+ a +#}",
    "{# {{ a } #}",
    "{# a {# b #}",
    "{# a {# b #} #}",
    "{# a\nb #}\n{{ c }",
    "{{ a {# b #} }}",
    "{{ a # b }}",
    "{{ 'a' }}\n{{ b | }}\n",
    "a\r\nb\r\n{{ c. }}",
    "a\rb\r{{ c. }}",
    "\n\n\n{% if a %}\n\n",
    "{{\n\na\n\nb\n}}",
    "{{ a\t|\tb }}",
    "{{\u00a0a\u2003}}",
    "{{\ufeffa}}",
    "{{ a\u200bb }}",
    "{{ a\x1cb }}",
    "{{ a\x00 }}",
    "{{ a }}\x00",
    "{{ 'a\nb' }}",
    "{{ 'a\n' + }}",
    "{{ a }} {% if b %} {{ c } {% endif %}",
    "# line {{ a }}\n## {{ b }}",
    "% if a\n",
    "{% if a\n%}b{%\nendif %}",
    "<% a %>",
    "${a}",
    "{{ a }}" * 50,
    "{{ " + "(" * 20 + "a" + ")" * 20 + " }}",
    "{{ " + "[" * 20 + "]" * 20 + " }}",
    "{{ " + "not " * 30 + "a }}",
    "Flow run {{ flow_run.name }} entered state `{{ flow_run.state.name }}` at {{ flow_run.state.timestamp }}.\n\n"
    "Flow ID: {{ flow_run.flow_id }}\nFlow run URL: {{ flow_run|ui_url }}\n"
    "State message: {{ flow_run.state.message }}\n",
    "{%- for tag in flow_run.tags -%}{{ tag }}{% if not loop.last %}, {% endif %}{%- endfor -%}",
    "{{ event.occurred.strftime('%Y-%m-%d') }} {{ (event.payload.a or {}).get('b', 'c') }}",
    '{"text": "{{ flow_run.name }}", "blocks": [{"a": {"b": "{{ c }}"}}]}',
    '{"a": {{ b | tojson }}}',
    '{"a": {"b": {{ c }}}}',
    '{"a": {{"b": 1}}}',
]

# Parameters that run-deployment passes on: texts with a template are judged in another form.
PARAMETERS = [
    {"a": "{{ b }}"},
    {"a": "{{ b"},
    {"a": "{{ }}"},
    {"a": "{{ b }} c"},
    {"a": "{{ b }} {{ c | }}"},
    {"a": "{% if b %}"},
    {"a": "{% if b %}{% endif %}"},
    {"a": "no { template }} %}"},
    {"a": "{# no"},
    {"a": 5, "b": None, "c": [1, {"d": 1}]},
    {"a": {"b": {"c": "{{ d. }}"}}},
    {"a": ["{{ b. }}"]},
    {"a": [{"b": "{{ c. }}"}]},
    {"a": [["{{ b. }}"]]},
    {"a": {"__prefect_kind": "jinja", "template": "{{ b }}"}},
    {"a": {"__prefect_kind": "jinja", "template": "{{ b. }}"}},
    {"a": {"__prefect_kind": "jinja", "template": "{% for"}},
    {"a": {"__prefect_kind": "jinja", "template": ""}},
    {"a": {"__prefect_kind": "jinja", "template": 5}},
    {"a": {"__prefect_kind": "jinja", "template": None}},
    {"a": {"__prefect_kind": "jinja"}},
    {"a": {"__prefect_kind": "jinja", "value": "b"}},
    {"a": {"__prefect_kind": "jinja", "template": {"__prefect_kind": "json", "value": '"{{ b. }}"'}}},
    {"a": {"__prefect_kind": "jinja", "template": {"__prefect_kind": "none", "value": "{{ b. }}"}}},
    {"a": {"__prefect_kind": "jinja", "template": {"__prefect_kind": "none", "value": "{{ b }}"}}},
    {"a": {"__prefect_kind": "jinja", "template": {"b": "{{ c. }}"}}},
    {"a": {"__prefect_kind": "json", "value": "[1, 2]"}},
    {"a": {"__prefect_kind": "json", "value": "[1, 2"}},
    {"a": {"__prefect_kind": "json", "value": ""}},
    {"a": {"__prefect_kind": "json", "value": "NaN"}},
    {"a": {"__prefect_kind": "json", "value": "[Infinity, -Infinity]"}},
    {"a": {"__prefect_kind": "json", "value": "'b'"}},
    {"a": {"__prefect_kind": "json", "value": "{{ b }}"}},
    {"a": {"__prefect_kind": "json", "value": " 1 "}},
    {"a": {"__prefect_kind": "json", "value": "\ufeff1"}},
    {"a": {"__prefect_kind": "json", "value": "01"}},
    {"a": {"__prefect_kind": "json"}},
    {"a": {"__prefect_kind": "json", "value": {"__prefect_kind": "jinja", "template": "{{ b }}"}}},
    {"a": {"__prefect_kind": "json", "value": {"__prefect_kind": "jinja", "template": "{{ b. }}"}}},
    {"a": {"__prefect_kind": "json", "value": {"__prefect_kind": "jinja"}}},
    {"a": {"__prefect_kind": "json", "value": {"__prefect_kind": "none", "value": "[1"}}},
    {"a": {"__prefect_kind": "none", "value": "{{ b. }}"}},
    {"a": {"__prefect_kind": "none", "value": {"b": "{{ c. }}"}}},
    {"a": {"__prefect_kind": "none", "value": {"__prefect_kind": "jinja", "template": "{{ b. }}"}}},
    {"a": {"__prefect_kind": "none"}},
    {"a": {"__prefect_kind": "workspace_variable", "variable_name": "b"}},
    {"a": {"__prefect_kind": "workspace_variable"}},
    {"a": {"__prefect_kind": "workspace_variable", "variable_name": {"__prefect_kind": "jinja"}}},
    {"a": {"__prefect_kind": "unknown", "value": "{{ b. }}"}},
    {"a": {"__prefect_kind": None, "value": "{{ b. }}"}},
    {"a": [{"__prefect_kind": "jinja", "template": "{{ b. }}"}]},
    {"a": {"b": [{"c": {"__prefect_kind": "jinja", "template": "{{ b. }}"}}]}},
    {"a": {"b": {"__prefect_kind": "jinja", "template": "{{ b. }}"}}},
    {"a": {"b": {"__prefect_kind": "none", "value": {"c": {"__prefect_kind": "jinja"}}}}},
    {"__prefect_kind": "jinja", "template": "{{ b. }}"},
    {"__prefect_kind": "jinja", "template": "{{ b }}"},
    {"__prefect_kind": "none", "value": {"a": {"__prefect_kind": "jinja"}}},
    {"{{ a. }}": "b"},
    # Prefect puts these into an expression of its own, in which a sign for white space is an operator.
    {"a": "{{- b }}"},
    {"a": "{{ b -}}"},
    {"a": "{{- b -}}"},
    {"a": " {{- b -}} "},
    {"a": "{{- b -}} c"},
    {"a": "{{+ b }}"},
    {"a": "{{ b }}\n"},
    {"a": "{{ b if c else d }}"},
    {"a": "{{ b, c }}"},
    {"a": "{{ b is defined }}"},
    {"a": "{{ b is sameas c }}"},
    {"a": "{{ b is }}"},
    {"a": "{{ '}}' }}"},
    {"a": "{{ '{{' }}"},
    {"a": "{{ b }} }}"},
    {"a": "{{ b # c }}"},
]


def taken(template):
    """Whether the server takes a template; the line of the error, or None without one."""
    try:
        SendNotification(block_document_id=ID, body=template)
        return True
    except Exception:
        pass
    try:
        validate_user_template(template)
    except Exception as error:
        return getattr(error, "lineno", None) or None
    return None


def takes(parameters):
    try:
        RunDeployment(source="selected", deployment_id=ID, parameters=parameters)
        return True
    except Exception:
        return False


def texts():
    return list(dict.fromkeys([f"{{{{ {text} }}}}" for text in EXPRESSIONS] + TEXTS))


def mutants(count):
    """Recorded texts with pieces removed, repeated, or exchanged."""
    chance = random.Random(7)
    pool = [text for text in texts() if len(text) < 200]
    pieces = "{{ }} {% %} {# #} ( ) [ ] { } | . , : = == - + ~ not in is if else for endfor endif a 1 'b' ' \n".split(" ")
    for _ in range(count):
        text = chance.choice(pool)
        for _ in range(chance.randint(1, 3)):
            at = chance.randint(0, len(text))
            end = min(len(text), at + chance.randint(0, 4))
            text = text[:at] + chance.choice([*pieces, "", text[at:end] * 2]) + text[end:]
        yield text


if len(sys.argv) > 1:
    templates = {text: taken(text) for text in mutants(int(sys.argv[1]))}
    print(json.dumps({"templates": templates, "parameters": []}))
else:
    templates = {text: taken(text) for text in [*texts(), *mutants(150)]}
    print(json.dumps({"templates": templates, "parameters": [[one, takes(one)] for one in PARAMETERS]}))
