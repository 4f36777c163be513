import { cpSync, rmSync } from 'node:fs'
import { defineConfig } from 'vitepress'
import { repository, siteLink, slug } from '../links.ts'
import { sideBar } from '../pages.ts'

// Below the packages of the site, where pages find Vue; the sources stay in docs/.
rmSync('pages', { recursive: true, force: true })
cpSync('../docs', 'pages', { recursive: true })

/** The site of docs/: `npm run site`. A link to a page that does not exist fails the build. */
export default defineConfig({
  srcDir: 'pages',
  title: 'prefect-snapshot',
  description: 'Export, review, apply, back up and move the configuration of Prefect',
  lang: 'en-US',
  cleanUrls: false,
  rewrites: (id) => id.replace(/(^|\/)README\.md$/, '$1index.md'),
  ignoreDeadLinks: false,
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify: slug },
    config(md) {
      const { code_inline: inline } = md.renderer.rules
      // Vue reads braces in code and in text as templates.
      md.renderer.rules.code_inline = (tokens, index, options, env, self) => {
        tokens[index]?.attrSet('v-pre', '')
        return inline?.(tokens, index, options, env, self) ?? ''
      }
      const { text } = md.renderer.rules
      md.renderer.rules.text = (...args) => (text?.(...args) ?? '').replaceAll('{{', '&#123;&#123;')
      // Tables that are wider than a phone scroll, also by keyboard.
      md.renderer.rules.table_open = () => '<table tabindex="0">\n'
      md.core.ruler.push('site-links', ({ tokens, env }) => {
        const page = env.relativePath.replace(/(^|\/)index\.md$/, '$1README.md')
        for (const token of tokens)
          for (const child of token.children ?? []) {
            const href = child.attrGet('href')
            if (child.type === 'link_open' && href) child.attrSet('href', siteLink(href, page))
          }
      })
    },
  },
  themeConfig: {
    nav: [
      { text: 'Tutorial', link: '/tutorial' },
      { text: 'How-tos', link: '/recipes/' },
      { text: 'Reference', link: '/reference/' },
      { text: 'Security', link: '/security' },
    ],
    sidebar: sideBar(),
    outline: [2, 3],
    socialLinks: [{ icon: 'github', link: repository, ariaLabel: 'Repository' }],
    search: {
      provider: 'local',
      options: {
        // Decision records would fill the results of users' questions.
        _render: (source, env, md) => (env.relativePath.startsWith('decisions/') ? '' : md.render(source, env)),
      },
    },
  },
})
